"""The messages of a voter's record: `GetVoter` of `xsd/voter-operations.xsd` to domain values and back (EWS-10)."""

from datetime import date
from typing import Final

from lxml import etree

from votecal_soap.contract.dmv_record_markup import day
from votecal_soap.contract.elements import optional_number, optional_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.contract.voter_entries import render_entry
from votecal_soap.contract.voter_markup import render_voter
from votecal_soap.domain.voter_records import UNASKED, VoterEntry, VoterQuery, VoterRecord, VoterSection
from votecal_soap.domain.voters import Voter, VotingPrecinct

_SECTIONS: Final = f"{{{EMS_INTEGRATION}}}VoterSections/*"


def read_voter_query(request: etree._Element) -> VoterQuery:
    """GetVoter."""
    on = optional_text(request, "AsOfDate")
    return VoterQuery(
        state_voter_id=optional_number(request, "StateVoterId"),
        ems_voter_id=optional_text(request, "EmsVoterId"),
        sections=frozenset(VoterSection(item.text or "") for item in request.iterfind(_SECTIONS)) or UNASKED,
        as_of=None if on is None else date.fromisoformat(on.strip()),
        version=optional_number(request, "RecordVersion"),
        after=optional_text(request, "AfterVoterEntryId"),
        limit=optional_number(request, "MaximumEntries"),
    )


def render_voter_record(record: VoterRecord, reader_county: str, byte_limit: int | None) -> str:
    """GetVoterResponse, below a size; entries that do not fit count as more."""
    head = _head(record, reader_county)
    room = None if byte_limit is None else byte_limit - len(head.encode())
    entries = fill_page(map(_entry, record.entries), room)
    more = record.more or len(entries) < len(record.entries)
    listed = branch("VoterEntries", *entries) + leaf("MoreVoterEntries", more) if record.own else ""
    return branch("GetVoterResponse", branch("VoterRecord", head, listed), namespace=EMS_INTEGRATION)


def _head(record: VoterRecord, reader_county: str) -> str:
    # An earlier version may be of another county: what the reader's own voter was then is the reader's to know.
    of_reader = record.voter.county_code if record.own else reader_county
    return "".join(
        (
            render_voter(record.voter, reader_county=of_reader, with_identification=True),
            leaf("OwnVoter", record.own),
            leaf("CurrentVersion", record.current.version),
            day("EffectiveDate", record.voter.effective_date) if record.own else "",
            "" if record.merged_id is None else leaf("MergedStateVoterId", str(record.merged_id)),
            leaf("TransferPendingUntil", record.current.transfer_pending_until) if record.own else "",
            _own(record) if record.own else "",
        )
    )


def _own(record: VoterRecord) -> str:
    of_registration = VoterSection.REGISTRATION in record.sections
    return "".join(
        (
            _verification(record.voter) if VoterSection.IDENTITY in record.sections else "",
            leaf("NotificationCardDue", bool(record.current.vnc_due)) if of_registration else "",
            leaf("FirstTimeFederalVoter", bool(record.voter.first_time_federal)) if of_registration else "",
            branch("VotingPrecincts", *map(_voting_precinct, record.voting_precincts)) if record.voting_precincts else "",
        )
    )


def _verification(voter: Voter) -> str:
    return branch(
        "IdentityVerification",
        leaf("DriversLicenseStatus", voter.drivers_license_status),
        day("DriversLicenseVerifiedOn", voter.drivers_license_verified_on),
        leaf("Ssn4Status", voter.ssn4_status),
        day("Ssn4VerifiedOn", voter.ssn4_verified_on),
    )


def _voting_precinct(precinct: VotingPrecinct) -> str:
    parts = (leaf("ElectionId", precinct.election_id), leaf("PrecinctCode", precinct.precinct_code), leaf("PrecinctPart", precinct.precinct_part))
    return branch("VotingPrecinct", *parts)


def _entry(entry: VoterEntry) -> str:
    return branch(
        "VoterEntry", leaf("VoterEntryId", entry.entry_id), leaf("MergedByMatchCaseId", entry.merged_by), render_entry(entry.content, entry.byte_count)
    )
