"""`votecal generate`: made-up voters and batches of any size, with known truth."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.generate_coa import coa
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases import list_jobs

if TYPE_CHECKING:
    from votecal_soap.bootstrap import Application
    from votecal_soap.synthetic.scenario_records import KnownVoter

PAGE: Final = 900
OTHER_COUNTYS_VOTERS: Final = 100

_new_file = click.Path(dir_okay=False, writable=True, path_type=Path)
_seed = click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same voters.")
_compression = click.option("--compression", type=options.choice(Compression), default=Compression.NONE.value, show_default=True)


@click.group()
def generate() -> None:
    """Make synthetic voters, batches and DMV records, of any size, with known truth. No person is real."""


generate.add_command(coa)


@generate.command()
@options.county
@click.option("--count", type=click.IntRange(1), required=True, help="How many voters.")
@_seed
@_compression
@click.option("--local-codes", is_flag=True, help="Write the county's own codes, so that its translation rules have work to do.")
@click.option("--as-registered", is_flag=True, help="With the errors of real registrations, and one person in eighty twice.")
@click.argument("file", type=_new_file)
@pass_session
def voters(session: Session, county_code: str, count: int, seed: int, compression: str, local_codes: bool, as_registered: bool, file: Path) -> None:
    """Write voters as a file that `votecal load voters` takes.

    Example: votecal generate voters --county 19 --count 10000 county19.xml
    """
    from votecal_soap.synthetic.county_codes import load_county_codes
    from votecal_soap.synthetic.files import write_initial_load
    from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
    from votecal_soap.synthetic.registration_noise import as_registered as with_errors
    from votecal_soap.synthetic.voters import generate_voters

    codes = load_county_codes() if local_codes else None
    made = generate_voters(count, seed, county_code)
    with output.progress() as bar:
        made = with_errors(made, seed, county_code, ORDINARY_NOISE) if as_registered else made
        people = bar.track(made, total=count, description=f"county {county_code}")
        write_initial_load(file, county_code, people, session.clock.now(), codes=codes, compression=Compression(compression))


@generate.command()
@options.county
@click.option("--count", type=click.IntRange(1), required=True, help="Of how many voters.")
@_seed
@click.argument("file", type=_new_file)
def histories(county_code: str, count: int, seed: int, file: Path) -> None:
    """Write what hangs on the voters of `votecal generate voters`: past addresses, votes, images, documents, contacts, custom data.

    Example: votecal generate histories --county 19 --count 10000 county19.histories.jsonl
    """
    from votecal_soap.synthetic.histories import history_lines, write_histories
    from votecal_soap.synthetic.voters import generate_voters

    with output.progress() as bar:
        people = bar.track(generate_voters(count, seed, county_code), total=count, description=f"county {county_code}")
        written = write_histories(file, history_lines(people, county_code, seed))
    output.show_fields({"File": file, "Lines": written})


@generate.command()
@options.county
@click.option("--count", type=click.IntRange(1), required=True, help="How many voters.")
@_seed
@click.argument("file", type=_new_file)
def ems(county_code: str, count: int, seed: int, file: Path) -> None:
    """Make a county's EMS database with the voters of `votecal generate voters`, in the county's own codes.

    Example: votecal generate ems --county 19 --count 10000 county19.db
    """
    from votecal_soap.county.ems_database import EmsDatabase
    from votecal_soap.synthetic.county_codes import load_county_codes
    from votecal_soap.synthetic.files import wire_records
    from votecal_soap.synthetic.voters import generate_voters

    with EmsDatabase.create(file, county_code) as database, output.progress() as bar:
        people = bar.track(generate_voters(count, seed, county_code), total=count, description=f"county {county_code}")
        database.load_voters(wire_records(people, load_county_codes()))


@generate.command()
@click.argument("file", type=_new_file)
def elections(file: Path) -> None:
    """Write made-up elections as CSV, for `votecal load elections`."""
    from votecal_soap.synthetic.elections import elections as made_up
    from votecal_soap.synthetic.files import write_elections

    write_elections(file, made_up())


@generate.command()
@options.county
@click.argument("file", type=_new_file)
def precincts(county_code: str, file: Path) -> None:
    """Write a county's made-up precincts as CSV, for `votecal load precincts`."""
    from votecal_soap.synthetic.files import write_precincts
    from votecal_soap.synthetic.geography import precincts as made_up

    write_precincts(file, made_up(county_code))


@generate.command()
@click.argument("file", type=_new_file)
def rules(file: Path) -> None:
    """Write the rules that turn the county's own codes into the state's, for `votecal rules import --county NN`."""
    from votecal_soap.synthetic.county_codes import load_county_codes

    file.write_text(load_county_codes().rules_toml(), encoding="utf-8")


@generate.command()
@click.option("--job", "job_id", type=int, required=True, help="The Voter Record Update job that the file answers.")
@click.option("--count", type=click.IntRange(1), required=True, help="How many records.")
@_seed
@click.option("--other-county", metavar="NN", help="A loaded county whose voters are sent by mistake.")
@click.option("--local-codes", is_flag=True, help="Write the county's own codes.")
@click.option("--truth", type=_new_file, help="Where the expected outcomes go, a JSON object a line. Default: FILE.truth.jsonl")
@click.option("--plant", "is_planting", is_flag=True, help="Prepare the database too, so that the planned refusals occur. For test databases only.")
@_compression
@click.argument("file", type=_new_file)
@pass_session
def batch(
    session: Session,
    job_id: int,
    count: int,
    seed: int,
    other_county: str | None,
    local_codes: bool,
    truth: Path | None,
    is_planting: bool,
    compression: str,
    file: Path,
) -> None:
    """Write a batch for a job, with every outcome and reason, each as often as planned, and the truth beside it.

    The county's voters must be loaded from `votecal generate voters` with the same seed.

    Example: votecal generate batch --job 7 --count 10000 --other-county 37 --plant batch.xml
    """
    from votecal_soap.synthetic.batch_truth import read_truth
    from votecal_soap.synthetic.batches import BatchSpec, write_batch
    from votecal_soap.synthetic.county_codes import load_county_codes
    from votecal_soap.synthetic.plant import plant
    from votecal_soap.synthetic.scenarios import plan_batch

    application = session.application
    job = list_jobs.report(job_id, application.unit_of_work(read_only=True)).job
    if job.job_type is not JobType.VOTER_RECORD_UPDATE or job.county_code is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This is no county batch.", ref="job")
    strangers = [voter.state_voter_id for voter in islice(_known_voters(application, other_county), OTHER_COUNTYS_VOTERS)] if other_county else []
    spec = BatchSpec(
        county_code=job.county_code,
        seed=seed,
        job_id=job_id,
        election_id=job.election_id or "",
        authorised=job.data_kinds,
        plan=plan_batch(count, job.data_kinds, with_other_county=bool(strangers)),
        other_countys_uids=strangers,
        codes=load_county_codes() if local_codes else None,
    )
    truth = truth or file.with_name(f"{file.name}.truth.jsonl")
    written = write_batch(file, truth, spec, _known_voters(application, job.county_code), session.clock.now(), compression=Compression(compression))
    planted = plant(read_truth(truth), application.unit_of_work, session.clock.now()) if is_planting else 0
    output.show_fields({"File": file, "Truth": truth, "Records": written.record_count, "Planted in the database": planted})


def _known_voters(application: "Application", county_code: str) -> "Iterator[KnownVoter]":
    """The county's voters by their made-up ids, page by page."""
    from votecal_soap.synthetic.scenario_records import KnownVoter
    from votecal_soap.synthetic.voters import ems_voter_id

    first = 1
    while True:
        ids = [ems_voter_id(county_code, number) for number in range(first, first + PAGE)]
        with application.unit_of_work() as uow:
            found = uow.voters.lock_by_ems_id(county_code, ids)
        for voter in sorted(found, key=lambda voter: str(voter.ems_voter_id)):
            yield KnownVoter(voter.state_voter_id, str(voter.ems_voter_id), voter.version)
        if not found:
            return
        first += PAGE
