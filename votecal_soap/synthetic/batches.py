"""Made-up Voter Record Update batches with known truth: every outcome and every reason, each as often as planned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle
from pathlib import Path
from random import Random

from votecal_soap.contract.batch_writer import BatchFile, WireRecord, WireRegistration, write_batch_file
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.synthetic.batch_truth import Truth, truth_of
from votecal_soap.synthetic.county_codes import CountyCodes
from votecal_soap.synthetic.files import batch_header
from votecal_soap.synthetic.geography import PRECINCT_COUNT, county_map
from votecal_soap.synthetic.numbers import LicenseNumbers
from votecal_soap.synthetic.scenario_records import KnownVoter, RecordMaker
from votecal_soap.synthetic.scenarios import Scenario, in_random_order
from votecal_soap.synthetic.voters import AS_OF, generate_voters


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpec:
    """Which voters, which job, how many records of each scenario.

    `seed`, `precinct_count` and `as_of` are those that the county's voters were generated with. `codes` None
    writes the state's codes. `other_countys_uids` serve OtherCounty.
    """

    county_code: str
    seed: int
    job_id: int
    election_id: str
    authorised: frozenset[DataKind]
    plan: Mapping[Scenario, int]
    other_countys_uids: Sequence[int] = ()
    codes: CountyCodes | None = None
    precinct_count: int = PRECINCT_COUNT
    as_of: date = AS_OF


def generate_batch(spec: BatchSpec, known_voters: Iterable[KnownVoter]) -> Iterator[tuple[WireRecord, Truth]]:
    """Yield records with their truths.

    `known_voters` comes from the database that holds the voters as generated, in the order of their EMS ids.
    """
    rng = Random(f"batch {spec.county_code} {spec.seed} {spec.job_id}")  # noqa: S311 - made-up data, not secrets
    maker = RecordMaker(county_map(spec.county_code, spec.precinct_count), spec.election_id, spec.authorised, spec.codes, rng)
    voters = _registrations(spec, known_voters)
    strangers = cycle(spec.other_countys_uids)
    sequence = 0
    for scenario in in_random_order(spec.plan, rng):
        for record, voter in _records(scenario, maker, voters, strangers):
            sequence += 1
            yield record, _truth(sequence, scenario, record, voter)


def write_batch(
    path: Path,
    truth_path: Path,
    spec: BatchSpec,
    known_voters: Iterable[KnownVoter],
    created_at: datetime,
    *,
    compression: Compression = Compression.NONE,
) -> BatchFile:
    """Write the batch file, and beside it the truth, one JSON object a line."""
    header = batch_header(spec.county_code, "VoterRecordUpdate", spec.job_id, created_at)
    with truth_path.open("w", encoding="utf-8") as truths:

        def records() -> Iterator[WireRecord]:
            for record, truth in generate_batch(spec, known_voters):
                truths.write(f"{truth.to_json()}\n")
                yield record

        return write_batch_file(path, header, records(), compression=compression)


def _records(
    scenario: Scenario, maker: RecordMaker, voters: Iterator[tuple[KnownVoter, WireRegistration]], strangers: Iterator[int]
) -> Iterator[tuple[WireRecord, KnownVoter | None]]:
    if scenario is Scenario.UID_UNKNOWN:
        yield maker.unknown_voter(), None
    elif scenario is Scenario.OTHER_COUNTY:
        yield maker.other_countys_voter(next(strangers)), None
    else:
        voter, registration = next(voters)
        for record in maker.records(scenario, voter, registration):
            yield record, voter


def _registrations(spec: BatchSpec, known_voters: Iterable[KnownVoter]) -> Iterator[tuple[KnownVoter, WireRegistration]]:
    """Each known voter with the registration that was generated."""
    rest = iter(known_voters)
    known = next(rest, None)
    most = LicenseNumbers(spec.county_code, spec.seed).capacity
    for voter in generate_voters(most, spec.seed, spec.county_code, precinct_count=spec.precinct_count, as_of=spec.as_of):
        if known is None:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "The plan needs more voters than there are.", ref="count")
        if voter.ems_voter_id == known.ems_voter_id:
            yield known, voter.registration
            known = next(rest, None)


def _truth(sequence: int, scenario: Scenario, record: WireRecord, voter: KnownVoter | None) -> Truth:
    if voter is None:
        return truth_of(sequence, scenario, int(record.state_voter_id or 0), None, None)
    return truth_of(sequence, scenario, voter.state_voter_id, voter.ems_voter_id, voter.version)
