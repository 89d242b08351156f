"""Reads one record element: ids, registration data, voting precinct; translates and judges its fields (VRU-08).

A record that breaks the schema is read as far as its ids go, so that the county can find it, and fails alone (VRU-18).
"""

import re
from datetime import date
from typing import Final

from lxml import etree

from votecal_soap.contract import batch_elements as names
from votecal_soap.contract.record_errors import MOST_VIOLATIONS, schema_errors, too_deep
from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH
from votecal_soap.contract.record_text import RecordValues
from votecal_soap.contract.registration_markup import RegistrationReader
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.domain.batches import INITIAL_LOAD, BatchRecord, FailureReason, FieldError, Severity
from votecal_soap.domain.new_voters import confidentiality_not_by_update
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voters import Confidential, VotingPrecinct

_REGISTRATIONS: Final = RegistrationReader(VOTER_RECORD_UPDATE_BATCH.namespace)
"""Such a record with confidentiality is read from its tree: it is rare, and its text is not in the pattern."""

_STATE_ID: Final = re.compile(r"[1-9][0-9]{8,11}")
_EMS_ID: Final = re.compile(r"[A-Za-z0-9-]{1,20}")


class RecordReader:
    """Turns record elements into batch records, with one county's rules."""

    def __init__(self, translator: Translator, election_id: str | None) -> None:
        """`election_id` is the job's."""
        self._translator = translator
        self._election_id = election_id
        self._is_load = translator.batch_type == INITIAL_LOAD
        self._schema = MessageSchema("voter-record-update-batch.xsd")

    def read(self, record: etree._Element, sequence: int) -> BatchRecord:
        """Read a record that satisfies the schema; `sequence` is its place in the file."""
        state_voter_id = base_version = None
        ems_voter_id: str | None = None
        effective_date: date | None = None
        fields: tuple[str, ...] = ()
        values: tuple[str | date | None, ...] = ()
        precinct: VotingPrecinct | None = None
        confidential: Confidential | None = None
        errors: list[FieldError] = []
        for child in record:
            tag = child.tag
            if tag == names.REGISTRATION:
                given, confidential = _REGISTRATIONS.given(child), _REGISTRATIONS.confidential(child)
                fields, values = self._translator.values(tuple(given), tuple(given.values()), errors)
            elif tag == names.VOTING_PRECINCT:
                precinct = self._translator.voting_precinct(_voting_precinct(child), self._election_id, errors)
            elif tag == names.STATE_VOTER_ID:
                state_voter_id = int(child.text or 0)
            elif tag == names.EMS_VOTER_ID:
                ems_voter_id = child.text
            elif tag == names.BASE_VERSION:
                base_version = int(child.text or 0)
            elif tag == names.EFFECTIVE_DATE:
                effective_date = date.fromisoformat((child.text or "").strip())
        if record.get("sequence") != str(sequence) and int(record.get("sequence") or 0) != sequence:
            errors.append(_sequence_wrong(sequence))
        if confidential is not None and not self._is_load:
            errors.append(confidentiality_not_by_update())
        return BatchRecord(sequence, state_voter_id, ems_voter_id, base_version, effective_date, fields, values, precinct, tuple(errors), confidential)

    def read_values(self, given: RecordValues, sequence: int) -> BatchRecord:
        """Read a valid record from the values that its text gave."""
        errors: list[FieldError] = []
        fields, values = self._translator.values(given.fields, given.values, errors)
        precinct = None
        if given.precinct is not None:
            precinct = self._translator.voting_precinct(VotingPrecinct(*given.precinct), self._election_id, errors)
        if int(given.sequence) != sequence:
            errors.append(_sequence_wrong(sequence))
        return BatchRecord(
            sequence,
            int(given.state_voter_id) if given.state_voter_id else None,
            given.ems_voter_id,
            int(given.base_version) if given.base_version else None,
            date.fromisoformat(given.effective_date) if given.effective_date else None,
            fields,
            values,
            precinct,
            tuple(errors),
        )

    def read_doubtful(self, record: etree._Element, sequence: int) -> BatchRecord:
        """Read a record that may break the schema."""
        alone = etree.fromstring(etree.tostring(record, with_tail=False))
        violations = self._schema.violations(alone, limit=MOST_VIOLATIONS)
        if not violations:
            return self.read(record, sequence)
        errors = schema_errors(violations, "Record")
        state_voter_id = _matching(alone.findtext(names.STATE_VOTER_ID), _STATE_ID)
        ems_voter_id = _matching(alone.findtext(names.EMS_VOTER_ID), _EMS_ID)
        return BatchRecord(sequence, int(state_voter_id) if state_voter_id else None, ems_voter_id, None, None, (), (), None, errors)


def unparsable(sequence: int) -> BatchRecord:
    """A record that is well-formed but deeper or larger than any parser here will hold."""
    return BatchRecord(sequence, None, None, None, None, (), (), None, (too_deep(),))


def _voting_precinct(element: etree._Element) -> VotingPrecinct:
    return VotingPrecinct(
        element.findtext(names.ELECTION_ID) or "",
        element.findtext(names.PRECINCT_CODE) or "",
        element.findtext(names.PRECINCT_PART),
    )


def _matching(text: str | None, pattern: re.Pattern[str]) -> str | None:
    return text if text is not None and pattern.fullmatch(text) else None


def _sequence_wrong(sequence: int) -> FieldError:
    text = f"This is record {sequence} of the file; its sequence attribute says otherwise."
    return FieldError("SequenceWrong", "@sequence", Severity.FATAL, text, FailureReason.RECORD_UNREADABLE)
