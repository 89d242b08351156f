"""`votecal version`."""

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

import click

from votecal_soap import CONTRACT_VERSION
from votecal_soap.cli import options, output


@click.command()
@options.as_json
def version(as_json: bool) -> None:
    """Print the versions of the product, its contract and Python."""
    found = {"votecal-soap": _product_version(), "contract": CONTRACT_VERSION, "python": platform.python_version()}
    if as_json:
        output.show_json(found)
    else:
        output.show_fields(found)


def _product_version() -> str:
    try:
        return installed_version("votecal-soap")
    except PackageNotFoundError:
        return "not installed"
