"""The statewide rules that are shipped: what holds until SOS imports its own for county 00."""

from importlib.resources import files


def shipped_rules() -> str:
    """The TOML text of the shipped statewide rules (VRU-08)."""
    return (files("votecal_soap.domain") / "statewide_rules.toml").read_text(encoding="utf-8")
