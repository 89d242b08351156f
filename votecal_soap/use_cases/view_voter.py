"""S2.27, S4.5 A person opens a voter's record: all sections, any version, or as it was on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.voter_children import Activity, Child, Participation
from votecal_soap.domain.voter_records import Letter, VoterSection
from votecal_soap.domain.voters import Voter, VotingPrecinct
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.console_access import as_person_sees, is_withheld, known_person, note_looks, refuse, sees_county
from votecal_soap.use_cases.get_voter import entries_wanted
from votecal_soap.use_cases.ports import KeptActivity, UnitOfWork

HISTORY: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewVoter:
    """Which voter, for whom; a version or a day, not both."""

    state_voter_id: int
    acting_user: str
    version: int | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version of the record: what changed in it, by field, and since when it is in force."""

    version: int
    effective_date: date
    recorded_at: datetime
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterView:
    """A record as one person may see it."""

    voter: Voter
    current_version: int
    withheld: bool
    versions: Sequence[VersionLine]
    voting_precincts: Sequence[VotingPrecinct]
    activities: Sequence[KeptActivity]
    cases: Sequence[MatchCase]
    children: Sequence[Child]
    """What hangs on the record now or hung on it that day, activities apart, and what a merge copied from it to a newer one."""
    letters: Sequence[Letter]
    """Due to her or listed for the mail by then (COA-35)."""


def view_voter(command: ViewVoter, uow: UnitOfWork, clock: Clock) -> VoterView:
    """One voter; a county sees its own. A look at one who is confidential or another county's is audited, and so is one that is refused.

    Raises:
        NotFound: VOTER_NOT_FOUND, also for another county's voter (EWS-01), and for a version or a day before there was one.
    """
    if command.version is not None and command.as_of is not None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Choose a version or a day, not both.", ref="as_of")
    with uow:
        person = known_person(uow, command.acting_user)
        current = uow.voters.get(command.state_voter_id)
        if current is None:
            raise no_such_voter()
        if not sees_county(person, current.county_code):
            refuse(uow, person, clock, ("Voter", command.state_voter_id), no_such_voter())
        voter = _chosen(uow, command, current)
        # Whether she is confidential is asked of the record now: it protects where she lived before, too.
        withheld = is_withheld(current, person, clock)
        seen = as_person_sees(voter._replace(confidentiality=current.confidentiality, confidential_since=current.confidential_since), person, clock)
        view = VoterView(
            voter=seen,
            current_version=current.version,
            withheld=withheld,
            versions=_versions(uow, command.state_voter_id),
            voting_precincts=uow.voters.voting_precincts_of(command.state_voter_id, voter.version),
            activities=_activities(uow, command),
            cases=uow.match_cases.of_voter(command.state_voter_id, HISTORY),
            children=_children(uow, command, withheld=withheld),
            letters=[] if withheld else _letters(uow, command),
        )
        if note_looks(uow, person, clock, "ViewVoter", [current]):
            uow.commit()
    return view


def no_such_voter() -> NotFound:
    """Another county's voter is not told apart from none."""
    return NotFound(ErrorCode.VOTER_NOT_FOUND, "There is no such voter for you.", ref="StateVoterId")


def _chosen(uow: UnitOfWork, command: ViewVoter, current: Voter) -> Voter:
    if command.version is not None:
        found = uow.voters.version(command.state_voter_id, command.version)
    elif command.as_of is not None:
        found = uow.voters.version_as_of(command.state_voter_id, command.as_of)
    else:
        found = current
    if found is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The record was not there then.", ref="as_of")
    return found


def _versions(uow: UnitOfWork, state_voter_id: int) -> list[VersionLine]:
    kept = uow.voters.version_history(state_voter_id, HISTORY + 1)
    before = [voter for voter, _ in kept[1:]] + [None] * min(1, len(kept))
    return [
        VersionLine(version=voter.version, effective_date=voter.effective_date, recorded_at=at, changed=_changed(earlier, voter))
        for (voter, at), earlier in zip(kept, before, strict=True)
    ][:HISTORY]


def _changed(before: Voter | None, after: Voter) -> tuple[str, ...]:
    if before is None:
        return ()
    unsaid = {"version", "effective_date", "message_sequence"}
    return tuple(name for name in Voter._fields if name not in unsaid and getattr(before, name) != getattr(after, name))


def _activities(uow: UnitOfWork, command: ViewVoter) -> list[KeptActivity]:
    """By day: what a merge copied was written later than it happened."""
    kept = uow.voters.activities(command.state_voter_id, HISTORY)
    by_then = [activity for activity in kept if command.as_of is None or activity.activity_date <= command.as_of]
    return sorted(by_then, key=lambda activity: activity.activity_date, reverse=True)


def _letters(uow: UnitOfWork, command: ViewVoter) -> list[Letter]:
    letters = uow.mailings.of_voter(command.state_voter_id)
    return [letter for letter in letters if command.as_of is None or legal_date(letter.due_at) <= command.as_of]


def _children(uow: UnitOfWork, command: ViewVoter, *, withheld: bool) -> list[Child]:
    """Of a voter who is confidential to this person only her votes: all else may tell where she lives (EWS-14)."""
    found = [child for child in uow.children.of_voters([command.state_voter_id]) if not isinstance(child.content, Activity)]
    wanted = entries_wanted(uow, frozenset(VoterSection), command.as_of, found)
    shown = [child for child in found if wanted.holds(child) or (command.as_of is None and _went_to_newer(child))]
    return [child for child in shown if isinstance(child.content, Participation)] if withheld else shown


def _went_to_newer(child: Child) -> bool:
    return child.merge_case_id is None and child.deleted_case_id is not None
