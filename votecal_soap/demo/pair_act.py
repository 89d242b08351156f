"""The third act: the roll is compared with itself, counties and SOS decide, records are merged, and a merge is taken back (DUP-01 to DLR-20)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from votecal_soap.bootstrap import Application
from votecal_soap.county.ems_schema import KIND_COLUMNS
from votecal_soap.county.state_codes import Row
from votecal_soap.demo.county_rounds import Heard, Office, clerk_of, let_counties_answer
from votecal_soap.demo.dmv import ask_dmv
from votecal_soap.demo.findings import ClerksWord
from votecal_soap.demo.job_orders import await_end, order
from votecal_soap.demo.pair_account import PairAccount
from votecal_soap.demo.pair_cast import PairCast, PlantedPair
from votecal_soap.demo.pair_evidence import EXPLAINED, PairEvidence, case_of, ems_rows, offered_pair
from votecal_soap.demo.pair_settling import settle_pairs
from votecal_soap.demo.pair_situations import PairSituation
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY
from votecal_soap.demo.state_side import ADMINISTRATOR, SOS_USER
from votecal_soap.demo.steps import Steps
from votecal_soap.domain.duplicate_cases import LicenseAction, LicenseCorrection, RejectionCause, ReviewDecision
from votecal_soap.domain.jobs import DataKind, JobType
from votecal_soap.domain.match_cases import Decision
from votecal_soap.domain.matching import MatchingFunction, MatchingMode
from votecal_soap.errors import ErrorCode, VoteCalError
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.voters import SyntheticVoter
from votecal_soap.use_cases.match_configuration import SetMatchingMode, SetMergedDataPull, set_matching_mode, set_merged_data_pull
from votecal_soap.use_cases.review_in_console import review


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStage:
    """Where it plays."""

    application: Application
    offices: Mapping[str, Office]
    cast: PairCast
    steps: Steps


def verify_and_configure(application: Application, cast: PairCast) -> None:
    """DMV verifies every number, for each record by itself; Los Angeles lets certain pairs be merged and pulls what merges add."""
    ask_dmv(application).answer(cast.uids, "answers-pairs")
    mode = SetMatchingMode(county_code=COUNTY, function=MatchingFunction.DUPLICATE_VOTER, mode=MatchingMode.APPLY, acting_user=ADMINISTRATOR)
    set_matching_mode(mode, application.unit_of_work(), application.clock)
    pull = SetMergedDataPull(county_code=COUNTY, allowed=True, acting_user=ADMINISTRATOR)
    set_merged_data_pull(pull, application.unit_of_work(), application.clock)


def play_pairs(stage: PairStage) -> PairAccount:
    """Find, answer, decide, undo; and the account."""
    application, offices, heard = stage.application, list(stage.offices.values()), Heard()
    with stage.steps.step("State: the duplicate job compares the roll with itself"):
        with clerk_of(application, stage.offices[COUNTY]) as (_, ours), clerk_of(application, stage.offices[OTHER_COUNTY]) as (_, theirs):
            before = ems_rows((ours, theirs), (uid for pair in stage.cast.pairs for uid in pair.uids))
        job_id = order(application, JobType.DUPLICATE_VOTER_DETECTION)
        await_end(application, job_id)
        message = offered_pair(application, _pair(stage.cast.pairs, EXPLAINED), COUNTY)
    with stage.steps.step("Counties: answer pairs, merge, register, undo"):
        let_counties_answer(application, offices, heard)
        registered, words = _clerks(stage)
        let_counties_answer(application, offices, heard)
    with stage.steps.step("SOS: reviews what both rejected; the job runs again"):
        pairs = [*stage.cast.pairs, registered]
        _reviews(application, pairs)
        let_counties_answer(application, offices, heard)
        again = order(application, JobType.DUPLICATE_VOTER_DETECTION)
        await_end(application, again)
    evidence = PairEvidence(cast=stage.cast, pairs=pairs, job_id=job_id, again_job_id=again, message=message, before=before, words=words)
    return settle_pairs(application, stage.offices, evidence, heard)


def _clerks(stage: PairStage) -> tuple[PlantedPair, list[ClerksWord]]:
    """What the rule leaves to clerks, and the registration over a candidate; the pair that it makes."""
    application, cast = stage.application, stage.cast
    with clerk_of(application, stage.offices[COUNTY]) as (ours, _ours), clerk_of(application, stage.offices[OTHER_COUNTY]) as (theirs, _theirs):
        taken_back, one_licence, namesakes, at_once = (
            case_of(application, _pair(cast.pairs, situation)).case_id
            for situation in (PairSituation.TAKEN_BACK, PairSituation.ONE_LICENCE, PairSituation.NAMESAKES, PairSituation.MERGED_AT_ONCE)
        )
        entered = ours.enter(_form(cast.applicant))
        deeds: list[tuple[str, PairSituation, str, str, Callable[[], str]]] = [
            (COUNTY, PairSituation.TAKEN_BACK, "takes the merge back", "Rejected", lambda: ours.undo(taken_back, "Two sisters: she telephoned")),
            (
                COUNTY,
                PairSituation.ONE_LICENCE,
                "accepts",
                "Accept Accepted",
                lambda: ours.decide(one_licence, Decision.ACCEPT, "Married since: her old card"),
            ),
            (COUNTY, PairSituation.NAMESAKES, "rejects", "Reject Rejected", lambda: ours.decide(namesakes, Decision.REJECT, "Two signatures")),
            (OTHER_COUNTY, PairSituation.NAMESAKES, "accepts too late", ErrorCode.CASE_DECIDED, lambda: theirs.decide(namesakes, Decision.ACCEPT, "Late")),
            (
                OTHER_COUNTY,
                PairSituation.MERGED_AT_ONCE,
                "takes another county's merge back",
                ErrorCode.CASE_NOT_FOUND,
                lambda: theirs.undo(at_once, "Not ours"),
            ),
            (COUNTY, PairSituation.REGISTERED_OVER, "registers a new voter", "CandidatesFound", lambda: ours.register(entered)),
            (COUNTY, PairSituation.REGISTERED_OVER, "has looked: none of them", "Registered", lambda: ours.register(entered, none_of_them=True)),
        ]
        words = [ClerksWord(county, situation, did, expected, _said(deed)) for county, situation, did, expected, deed in deeds]
        new_id = ours.entered(entered.number).state_uid
    return PlantedPair(PairSituation.REGISTERED_OVER, cast.candidate_id, new_id or 0), words


def _said(deed: Callable[[], str]) -> str:
    try:
        return deed()
    except VoteCalError as error:
        return error.code


def _reviews(application: Application, pairs: Sequence[PlantedPair]) -> None:
    """SOS decides as in the console: two people whom DMV gave one number, and one person whom a county took for two (DLR-18)."""
    twice, one = _pair(pairs, PairSituation.NUMBER_GIVEN_TWICE), _pair(pairs, PairSituation.ONE_COUNTY)
    two_people, one_person = case_of(application, twice), case_of(application, one)
    decisions = (
        ReviewDecision(
            case_id=two_people.case_id,
            expected_version=two_people.version,
            same_person=False,
            basis="DMV confirms two licences",
            cause=RejectionCause.ASSIGNED_TWICE,
            corrections=(LicenseCorrection(twice.newer_id, LicenseAction.NOT_VERIFIED),),
        ),
        ReviewDecision(
            case_id=one_person.case_id,
            expected_version=one_person.version,
            same_person=True,
            basis="A court changed name and birth date",
            cause=RejectionCause.MISTAKEN_REJECTION,
        ),
    )
    for decision in decisions:
        review(decision, SOS_USER, application.unit_of_work, application.clock)


def _pair(pairs: Sequence[PlantedPair], situation: PairSituation) -> PlantedPair:
    return next(pair for pair in pairs if pair.situation is situation)


def _form(voter: SyntheticVoter) -> Row:
    """The affidavit in the county's codes and columns."""
    registration = load_county_codes().registration(voter.registration)
    row: Row = dict(zip(KIND_COLUMNS[DataKind.NAME], registration.name or (), strict=True))
    row |= zip(KIND_COLUMNS[DataKind.RESIDENCE_ADDRESS], registration.residence_address or (), strict=True)
    row |= zip(KIND_COLUMNS[DataKind.HOME_PRECINCT], registration.home_precinct or (), strict=True)
    row |= {"birth_dt": str(registration.date_of_birth), "dl_num": registration.drivers_license, "reg_dt": str(registration.registration_date)}
    return row
