"""What both accounts, of the batch and of DMV's file, are made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One more thing that must hold."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMessage:
    """A message as the county gets it, and where it stands after the county has cleared it."""

    message_id: int
    message_type: str
    situation: str | None
    payload: str
    still_offered: bool = True
    still_kept: bool = True
