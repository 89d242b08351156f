"""How this county answers what the state asks about matches: a stated rule, and a clerk for the rest (UC03.22.01, COA-33).

Accept, when all of this holds: the confidence is at least 80; surname and date of birth agree exactly, and the first names are
not different; nothing held the confidence down that tells of another person (twins, two generations, several candidates, another's
licence); the case waits for no other reason than that it is below the automatic threshold, that a county named the voter, or that
its cancellation waits; and no other candidate of the same DMV record passes too. A case that passes and waits because the new
address is out of state is answered OutOfState instead.

Reject, when the first names are different and so are the dates of birth.

Everything else is left for a clerk: several voters who agree as well, an unclear county, a confidential voter, a record that
is older than the voter's own, an address that the rules refuse, a voter who is not registered, a voter whom the EMS lacks.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from votecal_soap.domain.match_cases import Decision, PotentialReason

ACCEPTED_FROM: Final = 80
"""The lowest confidence that is accepted without a clerk."""

_ACCEPTED_REASONS: Final = frozenset({None, PotentialReason.BELOW_AUTOMATIC, PotentialReason.NAMED_BY_COUNTY, PotentialReason.OUT_OF_STATE})
REFUSED_CAPS: Final = frozenset({"generations", "twins", "several_candidates", "miskeyed_licence"})
OTHER_FIRST_NAME: Final = ("FirstName", "different")
THE_PERSON: Final = frozenset({("LastName", "exact"), ("DateOfBirth", "exact")})
ANOTHER_PERSON: Final = frozenset({OTHER_FIRST_NAME, ("DateOfBirth", "different")})
_BASES: Final = {
    Decision.ACCEPT: "Rule of the county: confidence of at least 80, same surname, same date of birth",
    Decision.OUT_OF_STATE: "Rule of the county: the voter, at an address out of state",
    Decision.REJECT: "Rule of the county: another first name and another date of birth",
}


class WaitingCase(NamedTuple):
    """A case that waits for the county; None as reason: only its cancellation waits.

    `levels` are fields with their degree of agreement; one field may have several.
    """

    case_id: int
    version: int
    work_item_id: int | None
    state_uid: int
    is_known: bool
    """Whether the EMS has the voter."""
    confidence: int
    reason: str | None
    cap: str | None
    levels: frozenset[tuple[str, str]]


class RuledCase(NamedTuple):
    """A case with the decision that the rule makes, and why."""

    case: WaitingCase
    decision: Decision
    basis: str


def rule(cases: Iterable[WaitingCase]) -> list[RuledCase]:
    """Those that the rule decides, in their order."""
    ruled = [(case, _decision(case)) for case in cases]
    passing = Counter(case.work_item_id for case, decision in ruled if decision in (Decision.ACCEPT, Decision.OUT_OF_STATE))
    return [
        RuledCase(case, decision, _BASES[decision])
        for case, decision in ruled
        if decision is not None and (decision is Decision.REJECT or passing[case.work_item_id] == 1)
    ]


def _decision(case: WaitingCase) -> Decision | None:
    if not case.is_known:
        return None
    if case.levels >= ANOTHER_PERSON:
        return Decision.REJECT
    agrees = case.levels >= THE_PERSON and OTHER_FIRST_NAME not in case.levels
    if case.confidence < ACCEPTED_FROM or not agrees or case.cap in REFUSED_CAPS or case.reason not in _ACCEPTED_REASONS:
        return None
    return Decision.OUT_OF_STATE if case.reason == PotentialReason.OUT_OF_STATE else Decision.ACCEPT
