"""What a vendor sees of a sandbox when it is up: addresses, credentials, and who is planted."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from votecal_soap.cli import output
from votecal_soap.contract.wsdl import SERVICES
from votecal_soap.sandbox.controls import described
from votecal_soap.sandbox.people import Situation

if TYPE_CHECKING:
    from votecal_soap.sandbox.running import Sandbox

_MEANINGS: Final[Mapping[Situation, str]] = {
    Situation.WAITING_CASE: "DMV tells of a move; ListMatchCases, GetMatchCase, DecideMatchCase",
    Situation.APPLIED_MATCH: "DMV told of a move that was applied; UndoMatchCase",
    Situation.MOVED_AWAY: "moved to the next county, waits for this one's word; AcceptTransferOut, ReverseTransferOut",
    Situation.PAIR: "perhaps registered in the next county too; DecideMatchCase",
    Situation.MERGED: "was registered in the next county too and is merged; PullMergedData, UndoMatchCase",
    Situation.CONFIDENTIAL: "confidential (Elections Code 2166.5)",
    Situation.IDENTIFIED: "DMV has answered on the driver's licence: IdvResult on the queue",
}


def show(sandbox: "Sandbox", *, as_json: bool) -> None:
    """Tell it once; the secrets are nowhere else."""
    if as_json:
        counties = [described(county) | {"secret": county.secret, "digest_secret": county.digest_secret} for county in sandbox.counties]
        output.show_json({"url": sandbox.url, "counties": counties})
        sys.stdout.flush()
        return
    for service in SERVICES:
        output.console().print(f"{sandbox.url}{service.path}?wsdl")
    credentials = [(county.county_code, county.username, county.secret, county.digest_secret) for county in sandbox.counties]
    output.show_table(("county", "user name", "secret", "secret for PasswordDigest"), credentials)
    output.console().print("\nPlanted, by UID:")
    rows = [
        (county.county_code, situation.value, ", ".join(map(str, uids)), _MEANINGS[situation])
        for county in sandbox.counties
        for situation, uids in county.voters.items()
    ]
    output.show_table(("county", "situation", "voters", "what it is for"), rows)
    first = sandbox.counties[0]
    output.console().print("\nTry each operation, and the mistakes that clients make, from another window:")
    for secret, option in ((first.secret, "--changing"), (first.digest_secret, "--digest")):
        # A line each, however narrow the window: it is to be copied.
        command = f"VOTECAL_COUNTY_SECRET={secret} votecal vendor-check --url {sandbox.url} --username {first.username} {option}"
        output.console().print(command, soft_wrap=True, highlight=False)
    output.console().print("\nEverything is made up, and gone when the sandbox ends. Ctrl-C ends it.")
    sys.stdout.flush()
