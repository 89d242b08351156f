"""`votecal generate coa`: what DMV would send about the made-up voters of a county, with known truth."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.clock import legal_date
from votecal_soap.errors import ErrorCode, NotFound

if TYPE_CHECKING:
    from votecal_soap.bootstrap import Application

PAGE: Final = 900

_new_file = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@options.county
@click.option("--voters", "voter_count", type=click.IntRange(1), required=True, help="How many voters of the county were made.")
@click.option("--count", type=click.IntRange(1), required=True, help="How many records.")
@click.option("--seed", type=int, default=1, show_default=True, help="That of the voters.")
@click.option("--as-registered", is_flag=True, help="The voters were made with --as-registered.")
@click.option("--to-county", "counties", metavar="NN", multiple=True, help="Where people go who leave the county; may be repeated.")
@click.option("--double-noise", is_flag=True, help="Make every error twice as frequent.")
@click.option("--truth", type=_new_file, help="Where the truth goes, as CSV. Default: FILE.truth.csv")
@click.argument("file", type=_new_file)
@pass_session
def coa(
    session: Session,
    county_code: str,
    voter_count: int,
    count: int,
    seed: int,
    as_registered: bool,
    counties: tuple[str, ...],
    double_noise: bool,
    truth: Path | None,
    file: Path,
) -> None:
    """Write a DMV COA File: voters who moved, their relatives who are not registered, and strangers; and whose each record is.

    The county's voters must be loaded from `votecal generate voters` with the same seed.

    Example: votecal generate coa --county 19 --voters 10000 --count 500 --to-county 37 coa.xml
    """
    from votecal_soap.synthetic.coa import CoaSpec, generate_coa
    from votecal_soap.synthetic.coa_files import write_coa
    from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
    from votecal_soap.synthetic.registration_noise import as_registered as with_errors
    from votecal_soap.synthetic.voters import generate_voters

    now = session.clock.now()
    rates = ORDINARY_NOISE.doubled() if double_noise else ORDINARY_NOISE
    spec = CoaSpec(count=count, voter_count=voter_count, seed=seed, rates=rates, county_codes=counties or (county_code,), sent_on=legal_date(now))
    voters = generate_voters(voter_count, seed, county_code)
    cases = generate_coa(with_errors(voters, seed, county_code, ORDINARY_NOISE) if as_registered else voters, spec)
    uids = _uids(session.application, county_code, [ems_voter_id for case in cases for ems_voter_id in case.ems_voter_ids])
    truth = truth or file.with_name(f"{file.name}.truth.csv")
    write_coa(file, truth, cases, uids, f"{county_code}-{seed}-{now:%Y%m%d%H%M%S}", now)
    output.show_fields({"File": file, "Truth": truth, "Records": count, "Of registered people": sum(bool(case.ems_voter_ids) for case in cases)})


def _uids(application: "Application", county_code: str, ems_voter_ids: Sequence[str]) -> dict[str, int]:
    """The state's ids of these voters."""
    found: dict[str, int] = {}
    for start in range(0, len(ems_voter_ids), PAGE):
        with application.unit_of_work() as uow:
            voters = uow.voters.lock_by_ems_id(county_code, ems_voter_ids[start : start + PAGE])
        found |= {str(voter.ems_voter_id): int(voter.state_voter_id) for voter in voters}
    if not set(ems_voter_ids) <= found.keys():
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "Not all of these made-up voters are loaded; load them with the same seed.", ref="voters")
    return found
