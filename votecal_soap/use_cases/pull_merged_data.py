"""DLR-15 The newer record's county pulls what merges added to it, when SOS has set that it may (EWS-12)."""

from collections.abc import Sequence
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.merged_data import MergedDataQuery, MergedItem, MergedPage, copies_of, place_of
from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.voter_children import Child, Document
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_cases import no_such_case
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.duplicate_messages import voters_of
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

PAGE_LIMIT: Final = 200
UNASKED: Final = 50
"""Items of a page whose size the county does not name."""

INLINE_BYTES: Final = 6 << 20
"""A larger document comes by its size and digest alone: in base64 it would pass the ten million characters at which XML parsers stop by default."""

INLINE_BYTES_TOGETHER: Final = 4 << 20
"""A page ends before its documents are more than this, so that a larger one stands alone on its page."""


def pull_merged_data(query: MergedDataQuery, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> MergedPage:
    """A page of what was copied; nothing, when nothing was or the merge was taken back. Each page is audited (OPS-02).

    Raises:
        NotFound: CASE_NOT_FOUND or VOTER_NOT_FOUND when it is not this county's (EWS-01).
        NotAllowed: NOT_AUTHORISED for the older record's county, PULL_NOT_SET unless SOS has set that this county may.
    """
    after = _checked(query)
    with unit_of_work(read_only=True) as uow:
        merges = _merges(uow, query, caller)
        if not uow.matching.merged_data_pull(caller.county_code):
            raise NotAllowed(ErrorCode.PULL_NOT_SET, "SOS has not set that this county pulls merged data.")
        newer = sorted({record.newer_id for record in merges})
        copies = copies_of(uow.children.of_voters(newer), merges, after) if newer else []
        page = _page(uow, copies, {record.case_id: record.older_id for record in merges}, query)
    _audit(page, newer, caller, unit_of_work, clock)
    return page


def _checked(query: MergedDataQuery) -> tuple[int, int] | None:
    if (query.case_id is None) == (query.state_voter_id is None):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Name either the match case or the newer record.", ref="MatchCaseId")
    if query.limit is not None and not 1 <= query.limit <= PAGE_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {PAGE_LIMIT} items.", ref="MaximumItems")
    after = None if query.after is None else place_of(query.after)
    if query.after is not None and after is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This names no merged item.", ref="AfterMergedItemId")
    return after


def _merges(uow: UnitOfWork, query: MergedDataQuery, caller: Caller) -> list[MergeRecord]:
    if query.case_id is not None:
        return _merge_of_case(uow, query.case_id, caller)
    uid = query.state_voter_id or 0
    voter = uow.voters.get(uid)
    if voter is None or voter.county_code != caller.county_code:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "There is no such voter of this county.", ref="StateVoterId")
    return [record for record in uow.merges.standing([uid]) if record.newer_id == uid]


def _merge_of_case(uow: UnitOfWork, case_id: int, caller: Caller) -> list[MergeRecord]:
    case = uow.match_cases.get(case_id)
    if case is None or case.other_state_voter_id is None:
        raise no_such_case()
    counties = {int(voter.state_voter_id): voter.county_code for voter in uow.voters.by_state_id(voters_of(case))}
    if caller.county_code not in counties.values():
        raise no_such_case()
    record = uow.merges.get(case_id)
    if record is None or record.undone_at is not None:
        return []
    if counties[record.newer_id] != caller.county_code:
        raise NotAllowed(ErrorCode.NOT_AUTHORISED, "What a merge added is for the newer record's county.", ref="MatchCaseId")
    return [record]


def _page(uow: UnitOfWork, copies: Sequence[Child], older: dict[int, int], query: MergedDataQuery) -> MergedPage:
    items: list[MergedItem] = []
    together = 0
    for child in copies[: query.limit or UNASKED]:
        item = _item(uow, child, older[child.merge_case_id or 0], with_content=query.with_content)
        together += len(item.content or b"")
        if items and together > INLINE_BYTES_TOGETHER:
            break
        items.append(item)
    return MergedPage(tuple(items), len(items) < len(copies))


def _item(uow: UnitOfWork, child: Child, older_id: int, *, with_content: bool) -> MergedItem:
    if not isinstance(child.content, Document):
        return MergedItem(child, older_id)
    content = uow.children.content(child.content.sha256) or b""
    fits = with_content and len(content) <= INLINE_BYTES
    return MergedItem(child, older_id, len(content), content if fits else None)


def _audit(page: MergedPage, newer: Sequence[int], caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    if not page.items:
        return
    with unit_of_work() as uow:
        for uid in newer:
            told = {"items": len(page.items), "from": page.items[0].child.source}
            record_change(uow, at=clock.now(), actor=actor(caller), action="PullMergedData", subject=("Voter", uid), county_code=caller.county_code, new=told)
        uow.commit()
