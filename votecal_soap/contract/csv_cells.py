"""CSV that a spreadsheet may open: a cell is never taken for a formula (OPS-05)."""

from typing import Final

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: object) -> str:
    """A cell's text, nothing as a blank; one that a spreadsheet would calculate gets an apostrophe before it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
