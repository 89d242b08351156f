"""Small charts as SVG, drawn on the server: no script, and no style inside the page that the content policy would refuse."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from votecal_soap.clock import CALIFORNIA
from votecal_soap.domain.ems_messages import QueueHour

_BAR_WIDTH: Final = 160
_BAR_HEIGHT: Final = 14
_MARGIN: Final = 10
_FULL_BITS: Final = 20.0
"""A contribution of so many bits fills half the bar: a million to one."""


def contribution_bar(bits: float) -> Markup:
    """What one criterion speaks for (to the right) or against (to the left)."""
    middle = _BAR_WIDTH / 2
    length = min(abs(bits) / _FULL_BITS, 1.0) * middle
    kind = "for" if bits >= 0 else "against"
    label = f"{abs(bits):.1f} bits {kind}"
    bar = Markup('<rect class="bar-{}" x="{:.1f}" y="2" width="{:.1f}" height="{}" rx="2"/>').format(
        kind, middle if bits >= 0 else middle - length, max(length, 0.5), _BAR_HEIGHT - 4
    )
    line = Markup('<line class="axis" x1="{0}" y1="0" x2="{0}" y2="{1}"/>').format(middle, _BAR_HEIGHT)
    return _svg(_BAR_WIDTH, _BAR_HEIGHT, label, bar + line, "bar")


def hour_chart(hours: Sequence[QueueHour]) -> Markup:
    """What each hour added and cleared, side by side."""
    width, height, base = 960, 190, 160
    most = max((max(hour.added, hour.cleared) for hour in hours), default=0) or 1
    step = width / max(len(hours), 1)
    parts = [_grid(width, base, most)]
    for place, hour in enumerate(hours):
        left = place * step
        parts.append(_column(left + step * 0.14, step * 0.34, base, hour.added / most, "added", f"{hour.added:,} added"))
        parts.append(_column(left + step * 0.50, step * 0.34, base, hour.cleared / most, "cleared", f"{hour.cleared:,} cleared"))
        local = hour.start.astimezone(CALIFORNIA)
        if local.hour % 3 == 0:
            parts.append(_label(left + step / 2, base + 18, f"{local:%H}:00"))
    label = f"Messages added and cleared in each of the last {len(hours)} hours; at most {most:,} in one hour. The table below has the numbers."
    return _svg(width, height, label, Markup("").join(parts), "chart")


def score_chart(scores: Mapping[int, int], manual: int, automatic: int) -> Markup:
    """Records by the confidence of their best match, with the two thresholds."""
    width, height, base = 660, 170, 140
    most = max(scores.values(), default=0) or 1
    step = (width - 2 * _MARGIN) / 101
    parts = [_grid(width, base, most)]
    for confidence, count in sorted(scores.items()):
        band = "automatic" if confidence >= automatic else "potential" if confidence >= manual else "ignored"
        parts.append(_column(_MARGIN + confidence * step + 0.6, step - 1.2, base, count / most, band, f"confidence {confidence}: {count:,} records"))
    for confidence in range(0, 101, 10):
        parts.append(_label(_MARGIN + confidence * step + step / 2, base + 18, str(confidence)))
    label = f"Records by the confidence of their best match; manual threshold {manual}, automatic {automatic}."
    return _svg(width, height, label, Markup("").join(parts), "chart")


def _grid(width: int, base: int, most: int) -> Markup:
    lines = Markup("").join(Markup('<line class="grid" x1="0" y1="{0:.1f}" x2="{1}" y2="{0:.1f}"/>').format(base * part, width) for part in (0.1, 0.55, 1.0))
    return lines + Markup('<text class="scale" x="2" y="{:.1f}">{}</text>').format(base * 0.1 - 3, f"{most:,}")


def _column(left: float, width: float, base: int, part: float, kind: str, title: str) -> Markup:
    height = part * base * 0.9
    shape = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>')
    return shape.format(kind, left, base - height, width, height, title)


def _label(x: float, y: float, text: str) -> Markup:
    return Markup('<text class="scale" text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text>').format(x, y, text)


def _svg(width: int, height: int, label: str, content: Markup, kind: str) -> Markup:
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(kind, width, height, label, content)
