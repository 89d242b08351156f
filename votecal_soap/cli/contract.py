"""`votecal contract`: what EMS vendors build against."""

from pathlib import Path

import click

from votecal_soap.cli import output
from votecal_soap.cli.session import Session, pass_session


@click.group()
def contract() -> None:
    """The contract for EMS vendors."""


@contract.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@pass_session
def export(session: Session, directory: Path) -> None:
    """Write every WSDL and schema to a directory: exactly what the services serve, with the configured public URL.

    Example: votecal contract export contract/
    """
    from votecal_soap.contract.wsdl import export_contract  # the XML library takes a while to import

    for path in export_contract(directory, session.config.public_url):
        output.console().print(str(path))


@contract.command()
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def samples(document: Path) -> None:
    """Record a request and a response of each operation from a sandbox, and write them into a document's places for samples.

    A place is the line <!-- sample SERVICE OPERATION --> and everything up to <!-- end of sample -->.

    Example: votecal contract samples docs/contract.md
    """
    from votecal_soap.sandbox.samples import record_samples, with_samples

    recorded = record_samples()
    document.write_text(with_samples(document.read_text(encoding="utf-8"), recorded), encoding="utf-8")
    output.console().print(f"{len(recorded)} operations were recorded.")
