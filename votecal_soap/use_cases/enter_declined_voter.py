"""UC01.11.04 Enter Declined Voter: an affidavit that a county declined is kept, apart from all registrations (EWS-09, S4.9)."""

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.batch_elements import REFS
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.declined_voters import DECLINED, DeclinedOutcome, DeclinedVoter, EnterDeclinedVoter, declined_voter, judge_decline
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.registrations import REGISTRATION
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voters import REGISTRATION_FIELDS
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.process_voter_record_update_batch import reading_rules


def enter_declined_voter(command: EnterDeclinedVoter, caller: Caller, uow: UnitOfWork, clock: Clock, books: RuleBooks) -> DeclinedVoter:
    """Keep it, or answer why not: nobody is searched for and nobody is told. The caller of this commits; `books` remembers rules from call to call."""
    now, county_code = clock.now(), caller.county_code
    rules = reading_rules(uow, county_code, clock, batch_type=REGISTRATION, kinds=frozenset(DataKind), election_id=None, book_of=books.of)
    translator = Translator(rules.book, rules.reference, batch_type=REGISTRATION, kinds=rules.kinds, refs=REFS)
    bearer = uow.voters.by_ems_id(county_code, command.ems_voter_id)
    judged = judge_decline(command, translator, bearer)
    if judged.is_refused:
        return DeclinedVoter(DeclinedOutcome.REFUSED, command.ems_voter_id, judged.errors, bearer)
    uid = uow.voters.reserve_state_voter_ids(1)
    voter = declined_voter(command, judged.values, state_voter_id=uid, county_code=county_code, today=legal_date(now))
    uow.voters.add_voters([voter], now)
    effects = MatchEffects([voter], actor=actor(caller), at=now, day=legal_date(now))
    effects.note(uid, DECLINED, f"Declined by county {county_code}: {command.reason}")
    given = {name: value for name in REGISTRATION_FIELDS if (value := getattr(voter, name)) is not None}
    effects.audit("EnterDeclinedVoter", ("Voter", uid), county_code, old={}, new=given)
    effects.write(uow)
    return DeclinedVoter(DeclinedOutcome.DECLINED, command.ems_voter_id, judged.errors, voter)
