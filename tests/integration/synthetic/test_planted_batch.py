from collections import Counter

import pytest

from votecal_soap.contract.batch_expansion import ExpansionLimits
from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.jobs import DataKind, InstanceState, JobState, JobType
from votecal_soap.spool import FileSpool
from votecal_soap.synthetic.batch_truth import count_outcomes, read_truth
from votecal_soap.synthetic.batches import BatchSpec, write_batch
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.elections import elections
from votecal_soap.synthetic.files import write_initial_load
from votecal_soap.synthetic.geography import precincts
from votecal_soap.synthetic.plant import plant
from votecal_soap.synthetic.scenario_records import KnownVoter
from votecal_soap.synthetic.scenarios import PLANTED, Scenario, plan_batch
from votecal_soap.synthetic.voters import ems_voter_id, generate_voters
from votecal_soap.use_cases.load_voters import LoadCommand, load_voters
from votecal_soap.use_cases.process_voter_record_update_batch import BatchSettings, BatchWork, process

SEED = 5
VOTERS = 700
RECORDS = 600
KINDS = frozenset(DataKind) - {DataKind.REGISTRATION}
SETTINGS = BatchSettings(chunk_records=150, parsers=0, limits=ExpansionLimits(byte_limit=1 << 30, ratio_limit=200))


@pytest.fixture
def state(unit_of_work, clock, tmp_path):
    """Two counties with voters; 19 keeps its own codes."""
    with unit_of_work() as uow:
        uow.reference.save_elections(elections())
        for county in ("19", "30"):
            uow.reference.save_precincts(precincts(county))
        uow.reference.save_rules_text("19", load_county_codes().rules_toml())
        uow.commit()
    for county, count, codes in (("19", VOTERS, load_county_codes()), ("30", 20, None)):
        file = write_initial_load(tmp_path / f"{county}.xml", county, generate_voters(count, SEED, county), clock.now(), codes=codes)
        refusals = []
        command = LoadCommand(county_code=county, file=file.path, actor="ada", on_refusal=refusals.append, on_progress=lambda *_: None)
        assert load_voters(command, unit_of_work, clock).loaded == count
        assert not refusals
    return unit_of_work


def known(unit_of_work, county, count):
    with unit_of_work() as uow:
        voters = uow.voters.lock_by_ems_id(county, [ems_voter_id(county, number) for number in range(1, count + 1)])
    return sorted((KnownVoter(voter.state_voter_id, voter.ems_voter_id, voter.version) for voter in voters), key=lambda voter: voter.ems_voter_id)


def received_job(unit_of_work, clock):
    with unit_of_work() as uow:
        job_id = uow.jobs.add(
            job_type=JobType.VOTER_RECORD_UPDATE,
            state=JobState.RECEIVED,
            county_code="19",
            election_id="2026-PRIMARY",
            data_kinds=KINDS,
            not_before=clock.now(),
            repeat=None,
            notice="By phone",
            scheduled_by="sam",
            scheduled_at=clock.now(),
        )
        uow.commit()
    return job_id


def sent(unit_of_work, clock, spool, job_id, file):
    """Upload the file and claim the run."""
    with unit_of_work() as uow:
        upload = uow.uploads.add(
            job_id=job_id,
            county_code="19",
            byte_count=file.byte_count,
            sha256=file.sha256,
            record_count=file.record_count,
            compression=file.compression,
            begun_at=clock.now(),
        )
        spool.write(upload.upload_id, 0, file.path.read_bytes())
        uow.jobs.add_instance(job_id, clock.now(), upload_id=upload.upload_id, record_count=None)
        uow.commit()
    with unit_of_work() as uow:
        instance = uow.jobs.claim("worker", 60, 5)
        uow.commit()
    return instance


@pytest.mark.requirement("VRU-08", "VRU-11", "VRU-12", "VRU-13", "VRU-14", "VRU-15", "VRU-16", "VRU-17")
def test_every_planted_outcome_comes_true_record_by_record(state, clock, tmp_path):
    spool = FileSpool(tmp_path / "spool")
    job_id = received_job(state, clock)
    spec = BatchSpec(
        county_code="19",
        seed=SEED,
        job_id=job_id,
        election_id="2026-PRIMARY",
        authorised=KINDS,
        plan=plan_batch(RECORDS, KINDS, with_other_county=True),
        other_countys_uids=[voter.state_voter_id for voter in known(state, "30", 20)],
        codes=load_county_codes(),
    )
    file = write_batch(tmp_path / "batch.xml", tmp_path / "truth.jsonl", spec, known(state, "19", VOTERS), clock.now())
    truths = list(read_truth(tmp_path / "truth.jsonl"))
    assert plant(truths, state, clock.now()) == sum(truth.scenario in PLANTED for truth in truths)

    work = BatchWork(unit_of_work=state, clock=clock, spool=spool, settings=SETTINGS, should_stop=lambda: None)
    assert process(sent(state, clock, spool, job_id, file), work) is InstanceState.COMPLETED

    with state(read_only=True) as uow:
        outcomes = uow.jobs.outcomes(job_id, 0, RECORDS + 1)
        counts = {key: count for key, count in uow.jobs.counts(job_id).items() if count}
    pairs = list(zip(truths, outcomes, strict=True))
    assert not [(truth.scenario, outcome) for truth, outcome in pairs if (truth.outcome, truth.reason) != (outcome.outcome, outcome.reason)]
    assert counts == Counter(count_outcomes(truths))
    for truth, outcome in pairs:
        assert bool(outcome.errors) == (truth.scenario is Scenario.WARNING or (outcome.outcome is Outcome.FAILED and not _without_rule(truth.scenario)))


def _without_rule(scenario):
    """Failures that come of the voter's situation, not of a broken rule."""
    return scenario in PLANTED or scenario in (Scenario.UID_UNKNOWN, Scenario.OTHER_COUNTY)
