"""The words that are written in several ways (data/words.toml)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class WrittenWords(NamedTuple):
    """Words of names and addresses, folded."""

    particles: frozenset[str]
    no_names: frozenset[str]
    street: Mapping[str, str]
    city: Mapping[str, str]


@cache
def written_words() -> WrittenWords:
    """The shipped tables."""
    tables = tomllib.loads(files("votecal_soap.search").joinpath("data", "words.toml").read_text(encoding="utf-8"))
    return WrittenWords(frozenset(tables["particles"]), frozenset(tables["no_names"]), tables["street"], tables["city"])
