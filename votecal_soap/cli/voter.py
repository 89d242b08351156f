"""`votecal voter`: what SOS itself decides about single voters."""

import click

from votecal_soap.cli.lazy_group import LazyGroup

_COMMANDS = {"confidentiality": ("votecal_soap.cli.voter_confidentiality", "confidentiality", "Who is confidential: set, clear, list.")}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def voter() -> None:
    """What SOS itself decides about single voters."""
