"""Silver labels: what numbers given by an authority say about who is who, so that nobody has to label pairs by hand.

Two forms of the same people are learned from. *Numbered*: DL/ID hidden, everything else compared; the DL/ID labels. *Plain*:
as a source would have it that gives neither SSN4 nor gender; the DL/ID labels, and where a side lacks it, the SSN4. Without the
second, nothing would be known of pairs that lack a DL/ID, and these are peculiar: second registrations seldom bear one.

Who lacks a DL/ID often lacks an SSN4 too, and then bears no label. So a labelled pair stands for those without a label that
lack a DL/ID on the same side: counted singly, second registrations would seem rarer than they are.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.domain.matching import MatchField, MatchingFunction, MatchSettings, Person
from votecal_soap.search.arrays import Flags, Floats
from votecal_soap.search.candidates import DEFAULT_CAP, CandidateIndex
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.evidence import Evidence
from votecal_soap.search.frequencies import NameFrequencies
from votecal_soap.search.gathering import gather
from votecal_soap.search.levels import Comparison
from votecal_soap.search.logistic import evidence_without
from votecal_soap.search.match_keys import MatchPass
from votecal_soap.search.pairs import TOO_FAR, Pairs
from votecal_soap.search.scoring import compare

OFTEN_LACKING: Final = (MatchField.SSN4, MatchField.GENDER)
"""Fields that some sources never give."""

_SETTINGS: Final = MatchSettings(function=MatchingFunction.DMV_COA)
NUMBERED_PASSES: Final = frozenset(MatchPass) - {MatchPass.LICENCE}
PLAIN_PASSES: Final = NUMBERED_PASSES - {MatchPass.SSN4_YEAR, MatchPass.SSN4_SURNAME}
"""No label may be what brought the pair together: of the pairs that an SSN4 gathered, all have the same."""

HIDDEN: Final[dict[str, Comparison]] = {field: comparison for field, comparison in COMPARISONS.items() if field != MatchField.DRIVERS_LICENSE}
"""What is compared where the DL/ID labels."""


class Labelled(NamedTuple):
    """Pairs, and what their numbers say; all arrays are of one length."""

    evidence: Evidence
    truth: Flags
    """One person; only meaningful where `known`."""
    known: Flags
    lacks_licence: Flags
    stands_for: Floats
    """How many pairs a labelled one counts as."""

    @property
    def examples(self) -> int:
        """How many pairs bear a label."""
        return int(self.known.sum())


def numbered(people: Sequence[Person], index: CandidateIndex, frequencies: NameFrequencies) -> Labelled:
    """People sought without their DL/ID, labelled by it."""
    return labelled_by_licence(_compared(people, index, frequencies, NUMBERED_PASSES))


def labelled_by_licence(evidence: Evidence) -> Labelled:
    """The numbered form of pairs compared without their DL/ID."""
    truth, known = silver_labels(evidence.pairs, MatchField.DRIVERS_LICENSE)
    return _labelled(evidence, truth, known)


def plain(people: Sequence[Person], index: CandidateIndex, frequencies: NameFrequencies) -> Labelled:
    """People sought by name, birth and address, labelled by DL/ID or else SSN4."""
    return labelled_plainly(_compared(people, index, frequencies, PLAIN_PASSES))


def labelled_plainly(evidence: Evidence) -> Labelled:
    """The plain form of pairs that no SSN4 brought together."""
    truth, known = silver_labels(evidence.pairs, MatchField.DRIVERS_LICENSE)
    by_ssn4, told = silver_labels(evidence.pairs, MatchField.SSN4)
    told &= evidence.pairs.missing(MatchField.DRIVERS_LICENSE)
    return _labelled(evidence_without(evidence, OFTEN_LACKING), truth | (by_ssn4 & told), known | told)


def _labelled(evidence: Evidence, truth: Flags, known: Flags) -> Labelled:
    return Labelled(evidence, truth, known, evidence.pairs.missing(MatchField.DRIVERS_LICENSE), _stands_for(evidence.pairs, known))


def _stands_for(pairs: Pairs, known: Flags) -> Floats:
    """Of the pairs that lack a DL/ID on the same side, or on none, the number over that of those with a label."""
    left, right = pairs.cells(MatchField.DRIVERS_LICENSE)
    lacking = 2 * (left == 0) + (right == 0)
    every, labelled = np.bincount(lacking, minlength=4), np.bincount(lacking[known], minlength=4)
    return np.asarray((every / np.maximum(labelled, 1))[lacking])


def silver_labels(pairs: Pairs, field: MatchField) -> tuple[Flags, Flags]:
    """Who is one person by a number, and where it tells: a number that is off by one slip tells nothing."""
    same = pairs.equal(field)
    different = (pairs.slips(field) >= TOO_FAR) & ~pairs.missing(field)
    return same, same | different


def _compared(people: Sequence[Person], index: CandidateIndex, frequencies: NameFrequencies, passes: frozenset[MatchPass]) -> Evidence:
    gathered = gather(people, index, _SETTINGS, cap=DEFAULT_CAP, passes=passes)
    return compare(gathered.pairs, frequencies, earlier=gathered.sought.earlier, comparisons=HIDDEN)
