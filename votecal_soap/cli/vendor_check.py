"""`votecal vendor-check`: a conformance run over each operation, and the mistakes that clients make."""

import time
from typing import TYPE_CHECKING, TextIO

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.county_connection import checked_secret
from votecal_soap.cli.root import REFUSED

if TYPE_CHECKING:
    from votecal_soap.county.vendor_check.checks import CheckResult


@click.command("vendor-check")
@click.option("--url", required=True, help="The services' public URL, without a path.")
@click.option("--username", required=True, help="The county's credential.")
@click.option("--secret-file", type=click.File(), help="File with the credential's secret.")
@click.option("--secret", envvar="VOTECAL_COUNTY_SECRET", show_envvar=True, help="The secret itself; a file or the variable is safer.")
@click.option("--digest", is_flag=True, help="Send PasswordDigest; the secret is the one that SOS gave for digests. Tries the mistakes with digests too.")
@click.option("--changing", is_flag=True, help="Also what changes records: register, decide, clear, upload. For a sandbox or a test system.")
@options.as_json
@click.pass_context
def vendor_check(
    ctx: click.Context, url: str, username: str, secret_file: TextIO | None, secret: str | None, digest: bool, changing: bool, as_json: bool
) -> None:
    """Try each operation of both services, and the mistakes that clients make; say what to do about whatever does not go as the contract says.

    Without --changing nothing is changed at the state. Exit code 0: nothing failed. 1: something failed, and the table says what to do.

    \b
    Examples:
      votecal serve --sandbox
      votecal vendor-check --url http://127.0.0.1:8080 --username county19-ems --secret-file county19.secret --changing
      votecal vendor-check --url http://127.0.0.1:8080 --username county19-ems --secret-file county19.digest --digest
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from votecal_soap.county.vendor_check.catalogue import CHECKS, DIGEST_CHECKS  # the XML library takes a while to import
    from votecal_soap.county.vendor_check.checks import Result, run_checks
    from votecal_soap.county.vendor_check.visit import Visit

    given, stamp = checked_secret(secret_file.read() if secret_file else secret), str(time.time_ns() // 1_000_000)
    visit = Visit(url=url, username=username, secret=given, stamp=stamp, sends_digests=digest)
    checks = (*CHECKS, *DIGEST_CHECKS) if digest else CHECKS
    results: list[CheckResult] = []
    try:
        with output.progress() as bar:
            for result in bar.track(run_checks(checks, visit, changing=changing), total=len(checks), description="Checks"):
                results.append(result)
    finally:
        visit.close()
    _show(results, as_json=as_json)
    if any(result.result is Result.FAIL for result in results):
        ctx.exit(REFUSED)


def _show(results: list["CheckResult"], *, as_json: bool) -> None:
    if as_json:
        output.show_json([_described(result) for result in results])
        return
    columns = ("", "service", "checked", "advice")
    output.show_table(columns, [(one.result.value, one.check.service, _titled(one), one.advice) for one in results])
    counts = {kind: sum(one.result.value == kind for one in results) for kind in ("pass", "fail", "not tried")}
    output.console().print(f"\n{counts['pass']} passed, {counts['fail']} failed, {counts['not tried']} not tried.")


def _titled(result: "CheckResult") -> str:
    return result.check.name if result.check.kind.value == "operation" else f"Mistake: {result.check.name}"


def _described(result: "CheckResult") -> dict[str, object]:
    check = result.check
    return {
        "check": check.name,
        "kind": check.kind.value,
        "service": check.service,
        "result": result.result.value,
        "advice": result.advice or None,
        "seconds": round(result.seconds, 3),
    }
