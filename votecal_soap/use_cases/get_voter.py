"""S2.27, S4.5 A county reads a voter's record: its sections, as it is, in a version, or as of a day (EWS-10)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import as_seen_by, is_confidential
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.voter_children import Child, Document
from votecal_soap.domain.voter_records import (
    EntriesWanted,
    Place,
    VoterEntry,
    VoterQuery,
    VoterRecord,
    VoterSection,
    entry_of,
    in_order,
    in_sections,
    letter_entry,
    place_of,
)
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.merged_voters import current_records
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

ENTRY_LIMIT: Final = 200
UNASKED_ENTRIES: Final = 100
"""Entries of a page whose size the county does not name; the size of the answer bounds it further."""


def get_voter(query: VoterQuery, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> VoterRecord:
    """The record as far as the caller may see it; a look at another county's voter, or at a confidential one, is audited (OPS-02).

    Raises:
        NotFound: VOTER_NOT_FOUND, also for a version or a day before there was a record.
        NotAllowed: NOT_AUTHORISED when another county's voter is asked about in the past.
    """
    after = _checked(query)
    today = legal_date(clock.now())
    with unit_of_work(read_only=True) as uow:
        asked = _asked(uow, query, caller)
        shown, current = _shown(uow, query, asked, caller)
        record = _record(uow, query, caller, after, shown, current, today)
        merged_id = int(asked.state_voter_id) if asked.state_voter_id != current.state_voter_id else None
    _audit(record, query, caller, unit_of_work, clock)
    return record._replace(merged_id=merged_id)


def _checked(query: VoterQuery) -> Place | None:
    if (query.state_voter_id is None) == (query.ems_voter_id is None):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Name the voter by StateVoterId or by your own EmsVoterId, not by both.", ref="StateVoterId")
    if query.as_of is not None and query.version is not None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Ask for a day or for a version, not both.", ref="AsOfDate")
    if query.limit is not None and not 1 <= query.limit <= ENTRY_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {ENTRY_LIMIT} entries.", ref="MaximumEntries")
    after = None if query.after is None else place_of(query.after)
    if query.after is not None and after is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This names no entry of a record.", ref="AfterVoterEntryId")
    return after


def _asked(uow: UnitOfWork, query: VoterQuery, caller: Caller) -> Voter:
    if query.ems_voter_id is not None:
        found, ref = uow.voters.by_ems_id(caller.county_code, query.ems_voter_id), "EmsVoterId"
    else:
        found, ref = uow.voters.get(query.state_voter_id or 0), "StateVoterId"
    if found is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "There is no such voter.", ref=ref)
    return found


def _shown(uow: UnitOfWork, query: VoterQuery, asked: Voter, caller: Caller) -> tuple[Voter, Voter]:
    """The version that was asked for, and the record in force that it belongs to; what was merged since is the older record's still."""
    if query.version is None and query.as_of is None:
        current = current_records(uow, [int(asked.state_voter_id)])[int(asked.state_voter_id)]
        return current, current
    shown = _then(uow, query, int(asked.state_voter_id))
    if shown is not None and shown.merged_into is not None and query.as_of is not None:
        asked = current_records(uow, [int(asked.state_voter_id)])[int(asked.state_voter_id)]
        shown = _then(uow, query, int(asked.state_voter_id))
    if shown is None:
        raise _not_there(query) if asked.county_code == caller.county_code else _history_of_another_county(query)
    return shown, asked


def _not_there(query: VoterQuery) -> NotFound:
    text = "The record was not there then." if query.version is None else "The record has no such version."
    return NotFound(ErrorCode.VOTER_NOT_FOUND, text, ref=_ref_of_past(query))


def _history_of_another_county(query: VoterQuery) -> NotAllowed:
    """The same whether there was a record then or not: since when there is one is history too."""
    text = "The history of a record is for the voter's own county; ask for it as it is now."
    return NotAllowed(ErrorCode.NOT_AUTHORISED, text, ref=_ref_of_past(query))


def _ref_of_past(query: VoterQuery) -> str:
    return "AsOfDate" if query.version is None else "RecordVersion"


def _then(uow: UnitOfWork, query: VoterQuery, state_voter_id: int) -> Voter | None:
    if query.version is not None:
        return uow.voters.version(state_voter_id, query.version)
    return None if query.as_of is None else uow.voters.version_as_of(state_voter_id, query.as_of)


def _record(uow: UnitOfWork, query: VoterQuery, caller: Caller, after: Place | None, shown: Voter, current: Voter, today: date) -> VoterRecord:
    if current.county_code != caller.county_code:
        if query.version is not None or query.as_of is not None:
            raise _history_of_another_county(query)
        seen = as_seen_by(current, caller.county_code, today)
        return VoterRecord(in_sections(seen, query.sections), own=False, current=current, sections=query.sections)
    entries = in_order(_entries(uow, query, int(current.state_voter_id)), after)
    page = entries[: query.limit or UNASKED_ENTRIES]
    precincts = uow.voters.voting_precincts_of(int(current.state_voter_id), shown.version) if VoterSection.PRECINCTS in query.sections else []
    # A version from before a move bears the other county's own id of the voter.
    own_id = shown.ems_voter_id if shown.county_code == caller.county_code else None
    return VoterRecord(
        in_sections(shown._replace(ems_voter_id=own_id), query.sections),
        own=True,
        current=current,
        sections=query.sections,
        voting_precincts=tuple(precincts),
        entries=tuple(_with_sizes(uow, int(current.state_voter_id), page)),
        more=len(entries) > len(page),
    )


def _entries(uow: UnitOfWork, query: VoterQuery, state_voter_id: int) -> Iterator[VoterEntry]:
    if VoterSection.MAILINGS in query.sections:
        letters = uow.mailings.of_voter(state_voter_id)
        yield from (letter_entry(letter) for letter in letters if query.as_of is None or legal_date(letter.due_at) <= query.as_of)
    children = uow.children.of_voters([state_voter_id])
    wanted = entries_wanted(uow, query.sections, query.as_of, children)
    yield from (entry_of(child) for child in children if wanted.holds(child))


def entries_wanted(uow: UnitOfWork, sections: frozenset[VoterSection], as_of: date | None, children: Iterable[Child]) -> EntriesWanted:
    """Which of these children belong to the record in these sections, now or on a day."""
    merges = {case_id for child in children for case_id in (child.merge_case_id, child.deleted_case_id) if case_id is not None and as_of is not None}
    return EntriesWanted(
        sections=sections,
        as_of=as_of,
        merges={case_id: merge for case_id in merges if (merge := uow.merges.get(case_id)) is not None},
        election_days={election.election_id: election.election_date for election in uow.reference.elections()},
    )


def _with_sizes(uow: UnitOfWork, state_voter_id: int, entries: list[VoterEntry]) -> Iterator[VoterEntry]:
    digests = [entry.content.sha256 for entry in entries if isinstance(entry.content, Document)]
    sizes = uow.children.document_sizes(state_voter_id, digests) if digests else {}
    for entry in entries:
        yield entry._replace(byte_count=sizes.get(entry.content.sha256, 0)) if isinstance(entry.content, Document) else entry


def _audit(record: VoterRecord, query: VoterQuery, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    """Before the answer goes out: who looked at a voter of another county, or at one who is confidential."""
    if record.own and not is_confidential(record.current, legal_date(clock.now())):
        return
    told = {"sections": sorted(query.sections), "as_of": query.as_of, "version": query.version}
    subject = ("Voter", int(record.current.state_voter_id))
    with unit_of_work() as uow:
        record_change(uow, at=clock.now(), actor=actor(caller), action="ViewVoter", subject=subject, county_code=caller.county_code, new=told)
        uow.commit()
