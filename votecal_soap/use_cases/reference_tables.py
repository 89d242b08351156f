"""Where each table of reference data comes from: the very codes that the rules, the domain and the use cases work with (EWS-12)."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from votecal_soap.domain.batches import FailureReason
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_activities import ACTIVITY_TYPES as COUNTY_ACTIVITY_TYPES
from votecal_soap.domain.declined_voters import DECLINED
from votecal_soap.domain.dmv_application import MOVED_OUT_OF_COUNTY, MOVED_OUT_OF_STATE
from votecal_soap.domain.merging import MERGED_REASON
from votecal_soap.domain.reference_data import CODE_TABLES, ReferenceItem, ReferenceKind, ReferenceTable, make_table
from votecal_soap.domain.registrations import DEFICIENT, REGISTERED
from votecal_soap.domain.voter_transfers import TRANSFERRED
from votecal_soap.errors import ErrorCode
from votecal_soap.use_cases import (
    apply_batch_chunk,
    apply_dmv_match,
    attach_image,
    confirm_vnc_printed,
    decide_match_case,
    end_confidentiality,
    export_mailing_list,
    import_identity_answers,
    merge_voters,
    registered_transfers,
    reject_duplicate,
    report_unresolved_coa,
    review_duplicate,
    set_confidentiality,
    settle_dmv_record,
    take_back_match,
    update_voter,
)
from votecal_soap.use_cases.ports import UnitOfWork

ACTIVITY_TYPES: Final = frozenset(
    {
        *(REGISTERED, apply_batch_chunk.ACTIVITY, import_identity_answers.ACTIVITY),
        *(*apply_dmv_match.ACTIVITY.values(), *settle_dmv_record.POTENTIAL_ACTIVITY.values(), report_unresolved_coa.NAMED_ACTIVITY),
        *(decide_match_case.REJECTED, decide_match_case.REDIRECTED, decide_match_case.OUT_OF_STATE, decide_match_case.UNPRECINCTABLE),
        *(take_back_match.ACTIVITY, reject_duplicate.REJECTED, review_duplicate.CORRECTED),
        *(merge_voters.MERGED, merge_voters.MERGED_AWAY, merge_voters.UNDONE),
        *(set_confidentiality.SET_ACTIVITY, set_confidentiality.CLEARED_ACTIVITY, end_confidentiality.ACTIVITY),
        *export_mailing_list.LETTER_ACTIVITY.values(),
        *(update_voter.ACTIVITY, TRANSFERRED, registered_transfers.TAKEN_BACK, DECLINED, confirm_vnc_printed.ACTIVITY),
        *(*attach_image.ACTIVITIES.values(), *COUNTY_ACTIVITY_TYPES.values()),
    }
)
"""Everything that the state writes as the type of an activity; a test walks the use cases."""

STATUS_REASONS: Final = frozenset({DEFICIENT, MERGED_REASON, MOVED_OUT_OF_COUNTY, MOVED_OUT_OF_STATE})


def reference_table(kind: ReferenceKind, caller: Caller, uow: UnitOfWork) -> ReferenceTable:
    """A table as it is now, for one county."""
    if kind in CODE_TABLES:
        return make_table(kind, (ReferenceItem(code, name) for code, name in uow.reference.codes(kind).items()))
    return make_table(kind, _SOURCES[kind](caller, uow))


def _counties(_: Caller, uow: UnitOfWork) -> Iterable[ReferenceItem]:
    return (ReferenceItem(county.county_code, county.name, fips=county.fips) for county in uow.reference.counties())


def _elections(_: Caller, uow: UnitOfWork) -> Iterable[ReferenceItem]:
    return (ReferenceItem(item.election_id, item.name, election_date=item.election_date, federal=item.federal) for item in uow.reference.elections())


def _precincts(caller: Caller, uow: UnitOfWork) -> Iterable[ReferenceItem]:
    return (ReferenceItem(code, name) for code, name in uow.reference.precinct_names(caller.county_code).items())


def _error_codes(*_: object) -> Iterable[ReferenceItem]:
    return (ReferenceItem(code.value, code.name.replace("_", " ").capitalize()) for code in ErrorCode)


def _failure_reasons(*_: object) -> Iterable[ReferenceItem]:
    return (ReferenceItem(reason.value, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", reason.value)) for reason in FailureReason)


def _named_by_themselves(codes: Iterable[str]) -> Callable[[Caller, UnitOfWork], Iterable[ReferenceItem]]:
    return lambda *_: map(ReferenceItem, codes)


_SOURCES: Final[Mapping[ReferenceKind, Callable[[Caller, UnitOfWork], Iterable[ReferenceItem]]]] = {
    ReferenceKind.ACTIVITY_TYPE: _named_by_themselves(ACTIVITY_TYPES),
    ReferenceKind.COUNTY: _counties,
    ReferenceKind.ELECTION: _elections,
    ReferenceKind.ERROR_CODE: _error_codes,
    ReferenceKind.FAILURE_REASON: _failure_reasons,
    ReferenceKind.PRECINCT: _precincts,
    ReferenceKind.STATUS_REASON: _named_by_themselves(STATUS_REASONS),
}
