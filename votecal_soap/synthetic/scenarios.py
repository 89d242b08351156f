"""The outcomes that can be planted in a made-up batch, and how many of each a batch gets (VRU-11 to VRU-17)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.jobs import DataKind
from votecal_soap.errors import ErrorCode, InvalidRequest


class Scenario(StrEnum):
    """What is planted."""

    HOME_PRECINCT = "HomePrecinct"  # re-precincting
    VOTING_PRECINCT = "VotingPrecinct"  # for the job's election
    BOTH_PRECINCTS = "BothPrecincts"
    RESIDENCE_ADDRESS = "ResidenceAddress"
    NAME = "Name"
    CONTACT = "Contact"
    PARTY = "Party"
    MAILING_ADDRESS = "MailingAddress"
    TWICE = "Twice"  # two records for one voter, the second with the base version of the first
    WARNING = "Warning"  # a non-fatal fault beside a good change
    UNCHANGED = "Unchanged"
    RECORD_BREAKS_SCHEMA = "RecordBreaksSchema"
    UID_UNKNOWN = "UidUnknown"
    OTHER_COUNTY = "OtherCounty"  # the UID of another county's voter
    TRANSFER_PENDING = "TransferPending"  # planted in the database
    OLD_BASE_VERSION = "OldBaseVersion"  # the state has a newer version, planted in the database
    MESSAGE_OPEN = "MessageOpen"  # the county has not taken a message, planted in the database
    LAST_NAME_MISSING = "LastNameMissing"
    KIND_NOT_AUTHORISED = "KindNotAuthorised"
    ELECTION_UNKNOWN = "ElectionUnknown"
    PRECINCT_UNKNOWN = "PrecinctUnknown"


class Expected(NamedTuple):
    """What a scenario comes to, the kinds of data that it sends, and its usual share in a thousand records."""

    outcome: Outcome
    reason: FailureReason | None
    kinds: frozenset[DataKind]
    per_thousand: int


def _applied(per_thousand: int, *kinds: DataKind) -> Expected:
    return Expected(Outcome.APPLIED, None, frozenset(kinds), per_thousand)


def _failed(reason: FailureReason, *kinds: DataKind) -> Expected:
    return Expected(Outcome.FAILED, reason, frozenset(kinds), 5)


EXPECTED: Final[Mapping[Scenario, Expected]] = {
    Scenario.HOME_PRECINCT: _applied(400, DataKind.HOME_PRECINCT),
    Scenario.VOTING_PRECINCT: _applied(150, DataKind.VOTING_PRECINCT),
    Scenario.BOTH_PRECINCTS: _applied(100, DataKind.HOME_PRECINCT, DataKind.VOTING_PRECINCT),
    Scenario.RESIDENCE_ADDRESS: _applied(40, DataKind.RESIDENCE_ADDRESS, DataKind.HOME_PRECINCT),
    Scenario.NAME: _applied(15, DataKind.NAME),
    Scenario.CONTACT: _applied(30, DataKind.CONTACT),
    Scenario.PARTY: _applied(20, DataKind.PARTY),
    Scenario.MAILING_ADDRESS: _applied(15, DataKind.MAILING_ADDRESS),
    Scenario.TWICE: _applied(10, DataKind.HOME_PRECINCT),
    Scenario.WARNING: _applied(15, DataKind.CONTACT),
    Scenario.UNCHANGED: Expected(Outcome.UNCHANGED, None, frozenset(), 150),
    Scenario.RECORD_BREAKS_SCHEMA: _failed(FailureReason.RECORD_UNREADABLE),
    Scenario.UID_UNKNOWN: _failed(FailureReason.VOTER_NOT_FOUND, DataKind.HOME_PRECINCT),
    Scenario.OTHER_COUNTY: _failed(FailureReason.VOTER_DOES_NOT_BELONG, DataKind.HOME_PRECINCT),
    Scenario.TRANSFER_PENDING: _failed(FailureReason.VOTER_PENDING_TRANSFER, DataKind.HOME_PRECINCT),
    Scenario.OLD_BASE_VERSION: _failed(FailureReason.STATE_UPDATE_PENDING, DataKind.HOME_PRECINCT),
    Scenario.MESSAGE_OPEN: _failed(FailureReason.STATE_UPDATE_PENDING, DataKind.HOME_PRECINCT),
    Scenario.LAST_NAME_MISSING: _failed(FailureReason.FAILED_VALIDATION, DataKind.NAME),
    Scenario.KIND_NOT_AUTHORISED: _failed(FailureReason.FAILED_VALIDATION),
    Scenario.ELECTION_UNKNOWN: _failed(FailureReason.ELECTION_NOT_FOUND, DataKind.VOTING_PRECINCT),
    Scenario.PRECINCT_UNKNOWN: _failed(FailureReason.PRECINCT_NOT_FOUND, DataKind.HOME_PRECINCT),
}

WITHOUT_KNOWN_VOTER: Final = frozenset({Scenario.UID_UNKNOWN, Scenario.OTHER_COUNTY})
"""Scenarios that use up none of the county's voters."""

PLANTED: Final = frozenset({Scenario.TRANSFER_PENDING, Scenario.OLD_BASE_VERSION, Scenario.MESSAGE_OPEN})
"""Scenarios that `plant` prepares in the database."""

SENDABLE_KINDS: Final = tuple(kind for kind in DataKind if kind not in (DataKind.MAILING_ADDRESS, DataKind.VOTING_PRECINCT))
"""Kinds that every made-up voter has a value of."""


def plan_batch(record_count: int, authorised: frozenset[DataKind], *, with_other_county: bool) -> dict[Scenario, int]:
    """Share out the records of a batch over the scenarios that its kinds of data allow, each at least once."""
    shares = {scenario: expected.per_thousand for scenario, expected in EXPECTED.items() if _is_possible(scenario, authorised, with_other_county)}
    plan = {scenario: max(1, record_count * share // 1_000 // _records(scenario)) for scenario, share in shares.items()}
    largest = max((scenario for scenario in plan if scenario is not Scenario.TWICE), key=plan.__getitem__)
    plan[largest] += record_count - records_in(plan)
    if plan[largest] < 1:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"A batch with every outcome needs at least {records_in(dict.fromkeys(plan, 1))} records.", ref="count")
    return plan


def records_in(plan: Mapping[Scenario, int]) -> int:
    """How many records a plan makes."""
    return sum(count * _records(scenario) for scenario, count in plan.items())


def voters_in(plan: Mapping[Scenario, int]) -> int:
    """How many of the county's voters a plan uses."""
    return sum(count for scenario, count in plan.items() if scenario not in WITHOUT_KNOWN_VOTER)


def in_random_order(plan: Mapping[Scenario, int], rng: Random) -> Iterator[Scenario]:
    """Each scenario as often as planned: drawn without putting back, so that nothing is held in memory."""
    remaining = dict(plan)
    total = sum(remaining.values())
    while total:
        place = int(rng.random() * total)
        for scenario, count in remaining.items():
            if place < count:
                remaining[scenario] -= 1
                total -= 1
                yield scenario
                break
            place -= count


def _is_possible(scenario: Scenario, authorised: frozenset[DataKind], with_other_county: bool) -> bool:
    if scenario is Scenario.OTHER_COUNTY and not with_other_county:
        return False
    if scenario is Scenario.KIND_NOT_AUTHORISED:
        return not authorised.issuperset(SENDABLE_KINDS)
    if scenario in (Scenario.UNCHANGED, Scenario.RECORD_BREAKS_SCHEMA):
        return not authorised.isdisjoint(SENDABLE_KINDS)
    return authorised >= EXPECTED[scenario].kinds


def _records(scenario: Scenario) -> int:
    return 2 if scenario is Scenario.TWICE else 1
