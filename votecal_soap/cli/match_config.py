"""`votecal match config`: how matching is set (COA-06, COA-11, COA-12)."""

from typing import Any

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.matching import Ceiling, CrossCountyMode, MatchField, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.use_cases import match_configuration
from votecal_soap.use_cases.match_configuration import MatchConfiguration, SetCrossCounty, SetMatchingMode, SetMatchSettings, SetMergedDataPull


@click.group()
def config() -> None:
    """How matching is set: fields and thresholds of each function, modes of the counties, moves between counties."""


@config.command()
@options.as_json
@pass_session
def show(session: Session, as_json: bool) -> None:
    """Show what is set; what nobody has set is as shipped.

    Example: votecal match config show
    """
    found = match_configuration.configuration(session.application.unit_of_work(read_only=True))
    if as_json:
        output.show_json(_as_json(found))
        return
    columns = ("Function", "Automatic from", "Manual from", "Fields", "Rules set otherwise")
    output.show_table(columns, (_row(settings) for settings in found.settings))
    output.console().print()
    output.show_fields({"Moves between counties": found.cross_county, "Weights": found.weights_version or "as shipped"})
    for county, allowed in found.merged_data_pulls.items():
        output.show_fields({f"Merged data, {'statewide' if county is None else f'county {county}'}": "pulled" if allowed else "not pulled"})
    for (county_code, function), mode in found.modes.items():
        output.show_fields({f"County {county_code}, {function}": mode})


@config.command("set")
@click.option("--function", type=options.choice(MatchingFunction), help="The matching function that is set.")
@click.option("--automatic", type=int, help="Confidence, 1 to 100, from which a match is applied.")
@click.option("--manual", type=int, help="Confidence, 1 to 100, from which the county decides.")
@click.option("--fields", help=f"The fields used, with commas between, of: {', '.join(MatchField)}.")
@click.option("--ceiling", "ceilings", multiple=True, metavar="RULE=CEILING", help=f"How far a family rule holds a confidence down: {', '.join(Ceiling)}.")
@click.option("--county", "county_code", metavar="NN", help="With --mode: the county, 01 to 58.")
@click.option("--mode", type=options.choice(MatchingMode), help="What the county wants done with a match at or above the automatic threshold.")
@click.option("--cross-county", type=options.choice(CrossCountyMode), help="What a move to another county does, in the whole state.")
@options.acting_user
@pass_session
def set_(session: Session, /, acting_user: str, cross_county: str | None, county_code: str | None, mode: str | None, **values: Any) -> None:  # noqa: ANN401
    """Set one of three: a function's settings, a county's mode for a function, or what a move to another county does.

    SOS administrators set everything; a county's authorised users their own county's mode.

    \b
    Examples:
      votecal match config set --function dmv_coa --automatic 98 --manual 60 --as ada
      votecal match config set --function dmv_coa --ceiling twins=below_manual --as ada
      votecal match config set --function dmv_coa --county 19 --mode provisional --as lee
      votecal match config set --cross-county cancel_and_invite --as ada
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    function = None if values["function"] is None else MatchingFunction(values["function"])
    _require_one(function, cross_county, county_code, mode, values)
    uow, clock = session.application.unit_of_work(), session.application.clock
    if cross_county is not None:
        match_configuration.set_cross_county(SetCrossCounty(mode=CrossCountyMode(cross_county), acting_user=acting_user), uow, clock)
    elif function is not None and county_code is not None and mode is not None:
        command = SetMatchingMode(county_code=county_code, function=function, mode=MatchingMode(mode), acting_user=acting_user)
        match_configuration.set_matching_mode(command, uow, clock)
    elif function is not None:
        match_configuration.set_match_settings(_settings(function, values, acting_user), uow, clock)
    output.console().print("Set.")


@config.command("pull-merged-data")
@click.argument("answer", type=click.Choice(["yes", "no", "unset"]))
@click.option("--county", "county_code", metavar="NN", help="For this county alone; without it for every county that has no setting of its own.")
@options.acting_user
@pass_session
def pull_merged_data(session: Session, answer: str, county_code: str | None, acting_user: str) -> None:
    """Set whether the newer record's county may pull what a merge added to it: past addresses, activity, votes, documents. Shipped: no.

    \b
    Examples:
      votecal match config pull-merged-data yes --as ada
      votecal match config pull-merged-data no --county 19 --as ada
      votecal match config pull-merged-data unset --county 19 --as ada
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    command = SetMergedDataPull(county_code=county_code, allowed={"yes": True, "no": False, "unset": None}[answer], acting_user=acting_user)
    match_configuration.set_merged_data_pull(command, session.application.unit_of_work(), session.application.clock)
    output.console().print("Set.")


def _require_one(function: MatchingFunction | None, cross_county: str | None, county_code: str | None, mode: str | None, values: dict[str, Any]) -> None:
    of_function = any(values[name] not in (None, ()) for name in ("automatic", "manual", "fields", "ceilings"))
    of_county = county_code is not None or mode is not None
    if [cross_county is not None, of_county, of_function].count(True) != 1:
        raise click.UsageError("Set one thing: settings of a function, a county's mode, or --cross-county.")
    if of_county and (county_code is None or mode is None):
        raise click.UsageError("A county's mode needs both --county and --mode.")
    if (function is None) != (cross_county is not None):
        raise click.UsageError("Name the --function, unless it is --cross-county that is set.")


def _settings(function: MatchingFunction, values: dict[str, Any], acting_user: str) -> SetMatchSettings:
    return SetMatchSettings(
        function=function,
        automatic=values["automatic"],
        manual=values["manual"],
        fields=None if values["fields"] is None else frozenset(_field(name.strip()) for name in values["fields"].split(",") if name.strip()),
        ceilings=dict(map(_ceiling, values["ceilings"])) or None,
        acting_user=acting_user,
    )


def _field(name: str) -> MatchField:
    if name not in set(MatchField):
        raise click.UsageError(f"There is no field {name}; there are {', '.join(MatchField)}.")
    return MatchField(name)


def _ceiling(text: str) -> tuple[str, Ceiling]:
    rule, _, ceiling = text.partition("=")
    if ceiling not in set(Ceiling):
        raise click.UsageError(f"Write a ceiling as RULE=CEILING, with one of {', '.join(Ceiling)}.")
    return rule, Ceiling(ceiling)


def _row(settings: MatchSettings) -> tuple[object, ...]:
    ceilings = ", ".join(f"{rule}={ceiling}" for rule, ceiling in settings.ceilings.items())
    return settings.function, settings.automatic, settings.manual, ", ".join(_fields(settings)), ceilings


def _fields(settings: MatchSettings) -> list[str]:
    return [field.value for field in MatchField if field in settings.fields]


def _as_json(found: MatchConfiguration) -> dict[str, object]:
    return {
        "functions": {
            settings.function: {
                "automatic": settings.automatic,
                "manual": settings.manual,
                "fields": _fields(settings),
                "ceilings": dict(settings.ceilings),
            }
            for settings in found.settings
        },
        "modes": [{"county_code": county_code, "function": function, "mode": mode} for (county_code, function), mode in found.modes.items()],
        "cross_county": found.cross_county,
        "pull_merged_data": {county or "statewide": allowed for county, allowed in found.merged_data_pulls.items()},
        "weights": found.weights_version,
    }
