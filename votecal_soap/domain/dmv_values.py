"""What a DMV record says of a voter, in the state's form (COA-08, COA-38): the statewide rules judge each value (VRU-08)."""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

from votecal_soap.domain.batches import FieldError
from votecal_soap.domain.county_of_address import CALIFORNIA
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, MailingAddress, ResidenceAddress
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rules import Reference, RuleBook
from votecal_soap.domain.translation import Translator, Value

RULE_TYPE: Final = "DmvRecord"
"""What rules name in `batch_types` to hold for DMV's records only."""

_REGISTRATION_FIELDS: Final = (
    *("first_name", "middle_name", "last_name", "suffix", "date_of_birth", "drivers_license", "ssn4"),
    *("gender", "language", "party", "phone", "email"),
)


class Received(NamedTuple):
    """The values that passed the rules, by the voter's field, and the rules that others broke.

    A part of an address that is wrong keeps the whole address out: half of each would be a place that is not.
    """

    values: dict[str, Value]
    refused: tuple[FieldError, ...]

    @property
    def has_residence(self) -> bool:
        """Whether the new residence can be kept as DMV sent it."""
        return "street_name" in self.values


def dmv_translator(book: RuleBook, reference: Reference) -> Translator:
    """The statewide rules for what DMV sends."""
    return Translator(book, reference, batch_type=RULE_TYPE, kinds=frozenset(DataKind), refs={})


def received(record: DmvRecord, translator: Translator) -> Received:
    """Translate what the record brings: addresses as wholes, and of a new registration every field that was sent."""
    address = record.new_address
    names: tuple[str, ...] = ResidenceAddress._fields
    texts: tuple[str | None, ...] = address if address.residence_state else address._replace(residence_state=CALIFORNIA)
    if record.mailing_address is not None and any(record.mailing_address):
        names, texts = (*names, *MailingAddress._fields), (*texts, *record.mailing_address)
    if record.kind is DmvRecordKind.NEW_REGISTRATION:
        sent = dict(_registration(record))
        names, texts = (*names, *sent), (*texts, *sent.values())
    errors: list[FieldError] = []
    fields, values = translator.values(names, tuple(texts), errors)
    return Received(dict(zip(fields, values, strict=True)), tuple(errors))


def _registration(record: DmvRecord) -> Iterable[tuple[str, str]]:
    for name in _REGISTRATION_FIELDS:
        value = getattr(record, name)
        # DMV leaves out what it does not know: an absent value is no wish to clear the voter's.
        if value:
            yield name, value.isoformat() if isinstance(value, date) else value
