"""How this county answers whether two records are one voter's: a stated rule, and a clerk for the rest (UC03.42.02, DUP-03).

Accept, when all of this holds: the confidence is at least 95; surname and date of birth agree exactly, and the first names are not
different; the driver's licence or state id, the SSN4 or the home is the same; nothing held the confidence down that tells of another person
(twins, two generations, several candidates, another's licence); the case waits for no other reason than that it is below the automatic
threshold; and no other pair of the same record of the county passes too. A merge that waits for its cancellation is accepted likewise.

Reject, when the first names are different and so are the dates of birth, also where both records bear one number: then the other county
is asked, or SOS.

Everything else is left for a clerk, who sees both records.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from votecal_soap.county.case_rule import ANOTHER_PERSON, OTHER_FIRST_NAME, REFUSED_CAPS, THE_PERSON, RuledCase, WaitingCase
from votecal_soap.domain.match_cases import Decision, PotentialReason

ACCEPTED_FROM: Final = 95
"""The lowest confidence at which two records are merged without a clerk."""

_BEYOND_NAME_AND_BIRTH: Final = frozenset({("DriversLicense", "same"), ("Ssn4", "same"), ("Address", "home")})
_REASONS: Final = frozenset({None, PotentialReason.BELOW_AUTOMATIC})
_BASES: Final = {
    Decision.ACCEPT: "Rule of the county: confidence of at least 95, same surname and date of birth, and the same number or home",
    Decision.REJECT: "Rule of the county: another first name and another date of birth",
}


def rule_pairs(pairs: Iterable[WaitingCase]) -> list[RuledCase]:
    """Those that the rule decides, in their order."""
    ruled = [(pair, _decision(pair)) for pair in pairs]
    passing = Counter(pair.state_uid for pair, decision in ruled if decision is Decision.ACCEPT)
    return [
        RuledCase(pair, decision, _BASES[decision])
        for pair, decision in ruled
        if decision is not None and (decision is Decision.REJECT or passing[pair.state_uid] == 1)
    ]


def _decision(pair: WaitingCase) -> Decision | None:
    if not pair.is_known:
        return None
    if pair.levels >= ANOTHER_PERSON:
        return Decision.REJECT
    agrees = pair.levels >= THE_PERSON and OTHER_FIRST_NAME not in pair.levels and not _BEYOND_NAME_AND_BIRTH.isdisjoint(pair.levels)
    certain = pair.confidence >= ACCEPTED_FROM and pair.cap not in REFUSED_CAPS and pair.reason in _REASONS
    return Decision.ACCEPT if agrees and certain else None
