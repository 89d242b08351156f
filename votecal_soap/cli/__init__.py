"""The command line: one module per command group, all under `votecal`."""

import os

from votecal_soap.cli.root import votecal

__all__ = ["main", "votecal"]


def main() -> None:
    """Run the command line of the process; what it writes may hold citizens' data, so its owner alone reads it (OPS-05)."""
    os.umask(0o077)
    votecal.main(prog_name="votecal")
