"""The header of a message in SQL, for what goes from table to table without passing through Python."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, or_

from votecal_soap.contract.queue_messages import ABOUT

Formatting = Callable[..., ColumnElement[str]]
"""The database's function that puts values in the places of %s."""


def header_text(
    formatted: Formatting, message_type: ColumnElement[Any], enqueued_at: ColumnElement[Any], about: Mapping[str, ColumnElement[Any]]
) -> ColumnElement[str]:
    """The text of `contract.queue_messages.render_header`; `enqueued_at` is an xs:dateTime.

    Formatted at once where all is known, as in nearly every message: a chain of || copies the text at each link (measured).
    """
    begin = "<MessageType>%s</MessageType><EnqueuedAt>%s</EnqueuedAt>"
    elements = {field: f"<{element}>%s</{element}>" for field, element in ABOUT.items()}
    everything = formatted(begin + "".join(elements.values()), message_type, enqueued_at, *(about[field] for field in elements))
    some: ColumnElement[str] = formatted(begin, message_type, enqueued_at)
    for field, element in elements.items():
        some = some + case((about[field].is_(None), ""), else_=formatted(element, about[field]))
    return case((or_(*(about[field].is_(None) for field in elements)), some), else_=everything)
