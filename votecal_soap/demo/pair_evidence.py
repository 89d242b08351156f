"""What is seen on the way through the duplicates' act, and where its pairs stand at the state and in the counties' EMS."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.county.answer_book import Operation
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.state_codes import ACTIVE, CANCELLED
from votecal_soap.county.voter_records import MERGED_TO_NEWER
from votecal_soap.demo.findings import ClerksWord, SampleMessage
from votecal_soap.demo.pair_account import PairFound
from votecal_soap.demo.pair_cast import PairCast, PlantedPair
from votecal_soap.demo.pair_situations import PairSituation, Review, Standing
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.domain.sos_work_items import SosItemType, SosWorkItem
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.merged_voters import current_records

EXPLAINED: Final = PairSituation.ONE_LICENCE
LOOKED_THROUGH: Final = 1_000
_KEPT: Final = "nm_first, nm_mid, nm_last, dl_num, ssn_last4, res_house_no, res_street, reg_dt, reg_stat, reg_stat_rsn"

EmsRow = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEvidence:
    """What was seen; `before` are the EMS's rows by UID, as they were before the job looked."""

    cast: PairCast
    pairs: Sequence[PlantedPair]
    job_id: int
    again_job_id: int
    message: SampleMessage
    before: Mapping[int, EmsRow]
    words: Sequence[ClerksWord]


def case_of(application: Application, pair: PlantedPair) -> MatchCase:
    """The pair's case as it stands."""
    with application.unit_of_work(read_only=True) as uow:
        found = uow.match_cases.latest_of_pairs([pair.uids]).get(pair.uids)
    if found is None:
        raise NotFound(ErrorCode.CASE_NOT_FOUND, f"The job has not found the pair {pair.situation}.")
    return found


def offered_pair(application: Application, pair: PlantedPair, county_code: str) -> SampleMessage:
    """The message that tells a county of a pair, before it has polled (DUP-02)."""
    with application.unit_of_work(read_only=True) as uow:
        queued = uow.messages.page(county_code, LOOKED_THROUGH, with_payload=True)
    told = next(each for each in queued if each.message_type == MessageType.POTENTIAL_DUPLICATE and each.state_voter_id in pair.uids)
    return SampleMessage(message_id=told.message_id, message_type=told.message_type, situation=pair.situation, payload=told.payload or "")


def ems_rows(databases: Iterable[EmsDatabase], uids: Iterable[int]) -> dict[int, EmsRow]:
    """What the counties have of these voters, in the county that has them now."""
    wanted, rows = set(uids), {}
    for ems in databases:
        for uid, *row in ems.connection.execute(f"SELECT state_uid, {_KEPT} FROM voters WHERE state_uid IS NOT NULL"):  # noqa: S608 - our own column names
            if uid in wanted and (uid not in rows or row[-2] != CANCELLED):
                rows[uid] = tuple(row)
    return rows


def answers_by_rule(databases: Iterable[EmsDatabase], case_ids: Iterable[int]) -> Counter[str]:
    """What the counties said of these cases by their rule, with the state's answer."""
    said: Counter[str] = Counter()
    planted = set(case_ids)
    for ems in databases:
        rows = ems.connection.execute("SELECT subject_id, operation, result FROM state_answers WHERE basis LIKE 'Rule of the county%'")
        said.update(f"{operation} {result}" for case_id, operation, result in rows if operation == Operation.DECIDE_MATCH_CASE and case_id in planted)
    return said


def pairs_found(application: Application, evidence: PairEvidence, rows: Mapping[int, EmsRow]) -> dict[PlantedPair, PairFound]:
    """Where each pair stands."""
    pairs = [pair.uids for pair in evidence.pairs]
    with application.unit_of_work(read_only=True) as uow:
        cases = uow.match_cases.latest_of_pairs(pairs)
        items = {case.case_id: uow.sos_items.of_case(case.case_id) for case in cases.values()}
        voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(sorted({uid for pair in pairs for uid in pair}))}
        resolved = {uid: int(voter.state_voter_id) for uid, voter in current_records(uow, sorted(voters)).items()}
    found = {}
    for pair in evidence.pairs:
        case = cases.get(pair.uids)
        found[pair] = PairFound(
            state=case and case.state,
            standing=_standing(pair, voters, resolved, rows, evidence.before),
            review=Review.NONE if case is None else _review(items[case.case_id]),
        )
    return found


def notified(application: Application, evidence: PairEvidence) -> dict[PairSituation, CaseState]:
    """Pairs of whose first rejection SOS's administrators were told (DUP-06), with the states of their cases."""
    cases = {pair.situation: case_of(application, pair) for pair in evidence.pairs}
    with application.unit_of_work(read_only=True) as uow:
        told = {situation: uow.sos_items.of_case(case.case_id) for situation, case in cases.items()}
    return {
        situation: cases[situation].state for situation, items in told.items() if any(item.item_type is SosItemType.VERIFIED_LICENSE_REJECTED for item in items)
    }


def _standing(
    pair: PlantedPair, voters: Mapping[int, Voter], resolved: Mapping[int, int], rows: Mapping[int, EmsRow], before: Mapping[int, EmsRow]
) -> Standing | None:
    older, newer = pair.older_id, pair.newer_id
    both_before = all(rows.get(uid) == before.get(uid, rows.get(uid)) and voters[uid].merged_into is None for uid in pair.uids)
    if both_before and resolved[older] == older:
        return Standing.TWO
    ended = (voters[older].status_reason, rows[older][-2:]) == (MERGED_TO_NEWER, (CANCELLED, MERGED_TO_NEWER))
    goes_on = voters[newer].merged_into is None and rows[newer][-2] == ACTIVE
    return Standing.ONE if ended and goes_on and resolved[older] == newer else None


def _review(items: Sequence[SosWorkItem]) -> Review:
    reviews = [item for item in items if item.item_type is SosItemType.REVIEW_REJECTED_DUPLICATE]
    if not reviews:
        return Review.NONE
    outcome = reviews[-1].outcome
    return Review.OPEN if outcome is None else Review(outcome.value)
