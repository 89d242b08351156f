"""How the roll travels from the database to the columns it is compared in: some ten thousand voters as one text."""

from typing import Final, NamedTuple

FIELD_SEPARATOR: Final = "\x1f"
ROW_SEPARATOR: Final = "\n"
"""Standardised texts hold letters, digits and spaces alone."""


class RollPage(NamedTuple):
    """Voters as compared: CANDIDATE_COLUMNS with FIELD_SEPARATOR between, a voter a line, nothing for what is missing."""

    voters: int
    last_state_voter_id: int
    """The highest; the next page begins after it."""
    text: str
