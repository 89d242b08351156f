"""UC01.24.01 State Update Record, Update: one voter, judged and changed as a record of a batch is (EWS-09, VRU-13 to VRU-19)."""

from datetime import datetime
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.batch_elements import REFS
from votecal_soap.domain.batches import BatchRecord, Outcome
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.judgement import AfterSteps, Circumstances, Judgement, judge, judge_elsewhere
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voter_updates import UPDATE, UpdateVoter, VoterUpdate, own_id_taken, read_update, with_own_id
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.process_voter_record_update_batch import reading_rules

ACTIVITY: Final = "Voter Record Updated by County"
ACTION: Final = "UpdateVoter"


def update_voter(command: UpdateVoter, caller: Caller, uow: UnitOfWork, clock: Clock, books: RuleBooks) -> VoterUpdate:
    """Apply, or answer why not, with every broken rule; no message goes to the county (EWS-06). The caller of this commits.

    `books` remembers rules from call to call.
    """
    if command.state_voter_id is None and command.ems_voter_id is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Name the voter by StateVoterId, or by your own EmsVoterId.", ref="StateVoterId")
    now = clock.now()
    rules = reading_rules(uow, caller.county_code, clock, batch_type=UPDATE, kinds=frozenset(DataKind), election_id=None, book_of=books.of)
    record = read_update(command, Translator(rules.book, rules.reference, batch_type=UPDATE, kinds=rules.kinds, refs=REFS))
    circumstances = Circumstances(county_code=caller.county_code, after_steps=AfterSteps(rules.book), now=now, today=legal_date(now), may_begin_anew=True)
    voter = _own_voter(uow, command, caller)
    if voter is None:
        return VoterUpdate(_judged_elsewhere(uow, record, circumstances).outcome, None)
    record = _with_id_judged(uow, record, voter)
    judgement = with_own_id(_judged(uow, record, voter, circumstances), voter, record.ems_voter_id, circumstances.today)
    if judgement.outcome.outcome is not Outcome.APPLIED or judgement.after is None:
        return VoterUpdate(judgement.outcome, voter)
    after = _written(uow, command, caller, voter, judgement, now)
    return VoterUpdate(judgement.outcome, after)


def _own_voter(uow: UnitOfWork, command: UpdateVoter, caller: Caller) -> Voter | None:
    if command.state_voter_id is not None:
        found = uow.voters.lock_by_state_id([command.state_voter_id], caller.county_code)
    else:
        found = uow.voters.lock_by_ems_id(caller.county_code, [command.ems_voter_id or ""])
    return next(iter(found), None)


def _judged_elsewhere(uow: UnitOfWork, record: BatchRecord, circumstances: Circumstances) -> Judgement:
    if record.state_voter_id is not None and uow.voters.existing([record.state_voter_id]):
        return judge_elsewhere(record)
    return judge(record, None, circumstances, update_pending=False, voting_precinct=None)


def _with_id_judged(uow: UnitOfWork, record: BatchRecord, voter: Voter) -> BatchRecord:
    """The county's own id goes to a record that has none, unless it is another's."""
    if voter.ems_voter_id is not None or record.ems_voter_id is None or uow.voters.by_ems_id(voter.county_code, record.ems_voter_id) is None:
        return record
    return record._replace(errors=(*record.errors, own_id_taken()))


def _judged(uow: UnitOfWork, record: BatchRecord, voter: Voter, circumstances: Circumstances) -> Judgement:
    uid = int(voter.state_voter_id)
    # An answer told the county of each change of its own: a later version is one that it does not know (VRU-13).
    behind = record.base_version is not None and record.base_version < voter.version
    pending = behind or bool(uow.messages.voters_with_blocking(circumstances.county_code, [uid]))
    precinct = record.voting_precinct and uow.voters.voting_precincts(record.voting_precinct.election_id, [uid]).get(uid)
    return judge(record, voter, circumstances, update_pending=pending, voting_precinct=precinct)


def _written(uow: UnitOfWork, command: UpdateVoter, caller: Caller, voter: Voter, judgement: Judgement, now: datetime) -> Voter:
    """Version, voting precinct, activity and audit in one transaction; a message takes the voter's next number, and there is none."""
    uid = int(voter.state_voter_id)
    after = (judgement.after or voter)._replace(message_sequence=voter.message_sequence)
    effects = MatchEffects([voter], actor=actor(caller), at=now, day=legal_date(now))
    effects.change(Change(after, judgement.changed), ACTION)
    changed = [*judgement.changed, *([f"voting precinct for {judgement.voting_precinct.election_id}"] if judgement.voting_precinct else [])]
    effects.note(uid, ACTIVITY, "; ".join(filter(None, (command.basis, ", ".join(changed)))))
    if judgement.voting_precinct is not None:
        effects.audit(ACTION, ("Voter", uid), caller.county_code, old={}, new={"voting_precinct": list(judgement.voting_precinct)})
    effects.write(uow)
    if judgement.voting_precinct is not None:
        uow.voters.save_voting_precincts([(uid, after.version, judgement.voting_precinct)], now)
    return after
