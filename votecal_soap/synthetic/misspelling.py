"""Slips of typists: letters, digits and days that come out wrong."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Final

from votecal_soap.synthetic.frequency_tables import WeightedTable
from votecal_soap.synthetic.noise_rates import NoiseRates

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUNDS_ALIKE: Final = (
    *(("ph", "f"), ("ck", "k"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("s", "z"), ("z", "s"), ("ee", "ea"), ("ie", "ei")),
    *(("ll", "l"), ("l", "ll"), ("nn", "n"), ("n", "nn"), ("tt", "t"), ("ss", "s"), ("ey", "ie"), ("v", "b"), ("h", ""), ("e", "")),
)


def _neighbours() -> dict[str, str]:
    """For each letter, those beside it and above or below it on the keyboard."""
    places = {letter: (row, column) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)}
    return {
        letter: "".join(other for other, (r, c) in places.items() if other != letter and abs(r - row) <= 1 and abs(c - column) <= 1)
        for letter, (row, column) in places.items()
    }


_NEIGHBOURS: Final = _neighbours()


def misspell(text: str, rng: Random) -> str:
    """The text with one slip; a single letter stays."""
    return _SLIPS.draw(rng)(text, rng) if len(text) > 1 else text


def _transposed(text: str, rng: Random) -> str:
    place = rng.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _omitted(text: str, rng: Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1 :]


def _doubled(text: str, rng: Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place] + text[place:]


def _mistyped(text: str, rng: Random) -> str:
    place = rng.randrange(len(text))
    letter = text[place]
    typed = rng.choice(_NEIGHBOURS.get(letter.lower(), "aeiou"))
    return text[:place] + (typed.upper() if letter.isupper() else typed) + text[place + 1 :]


def _misheard(text: str, rng: Random) -> str:
    heard = [pair for pair in _SOUNDS_ALIKE if pair[0] in text[1:]]
    if not heard:
        return _omitted(text, rng)
    said, written = rng.choice(heard)
    return text[0] + text[1:].replace(said, written, 1)


_SLIPS: Final = WeightedTable[Callable[[str, Random], str]]([(_transposed, 22), (_omitted, 20), (_doubled, 16), (_mistyped, 24), (_misheard, 18)])


def slip_digit(text: str, rng: Random) -> str:
    """The text with one digit wrong, or two neighbours swapped."""
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    if not digits:
        return text
    if len(digits) > 1 and rng.random() < 0.4:
        place = rng.randrange(len(digits) - 1)
        first, second = digits[place], digits[place + 1]
        letters = list(text)
        letters[first], letters[second] = letters[second], letters[first]
        return "".join(letters)
    place = rng.choice(digits)
    return text[:place] + rng.choice("0123456789") + text[place + 1 :]


def slip_birth_date(day: date, rates: NoiseRates, rng: Random) -> date | None:
    """A day of birth as it comes out; mostly itself."""
    chance = rng.random()
    for rate, slip in ((rates.day_and_month_swapped, _swapped), (rates.birth_digit_wrong, wrong_birth_date), (rates.birth_year_wrong, _wrong_year)):
        if chance < rate:
            return slip(day, rng)
        chance -= rate
    if chance < rates.birth_first_of_january:
        return day.replace(month=1, day=1)
    return None if chance - rates.birth_first_of_january < rates.birth_missing else day


def _swapped(day: date, rng: Random) -> date:
    return date(day.year, day.day, day.month) if day.day <= 12 else day


def wrong_birth_date(day: date, rng: Random) -> date:
    """The day with one digit wrong; a slip that gives no day of the calendar would not be accepted, and is made again."""
    for _ in range(9):
        try:
            slipped = date.fromisoformat(slip_digit(day.isoformat(), rng))
        except ValueError:
            continue
        if 1900 < slipped.year < 2010:
            return slipped
    return day


def _wrong_year(day: date, rng: Random) -> date:
    return day.replace(year=day.year + rng.choice((-10, -1, 1, 10)), day=min(day.day, 28))
