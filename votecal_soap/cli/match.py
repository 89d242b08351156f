"""`votecal match`: how matching is set, what it is made of, and why it says what it says."""

import click

from votecal_soap.cli.lazy_group import LazyGroup

_HERE = "votecal_soap.cli"
_COMMANDS = {
    "config": (f"{_HERE}.match_config", "config", "Fields, thresholds, modes of the counties, moves between counties."),
    "blackout": (f"{_HERE}.match_blackout", "blackout", "Times before elections in which nothing is cancelled."),
    "records": (f"{_HERE}.match_records", "records", "DMV records that SOS sends to a county."),
    "explain": (f"{_HERE}.match_explain", "explain", "Show why two records match, or do not."),
    "rebuild-keys": (f"{_HERE}.match_keys", "rebuild_keys", "Make every voter's match keys anew."),
    "capped-keys": (f"{_HERE}.match_keys", "capped_keys", "List the match keys that are too common to find anybody."),
    "fit": (f"{_HERE}.match_weights", "fit", "Learn weights from DMV's records; they are kept, not activated."),
    "weights": (f"{_HERE}.match_weights", "weights", "Versions of the weights, and which is in force."),
    "evaluate": (f"{_HERE}.match_evaluate", "evaluate", "Measure the Search Service on labelled files."),
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def match() -> None:
    """The Search Service: who on the roll is the person described, how sure that is, and what follows from it."""
