"""Names as they are compared: folded to plain capitals, cut into words, by sound, by their full form."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from votecal_soap.search.words import written_words

CACHED_TEXTS: Final = 1 << 16
LONGEST: Final = 60
"""Letters kept of a name, as many as the voter record holds."""

_NOT_DECOMPOSED: Final = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "ß": "SS", "ı": "I", "Ħ": "H"})
_WITHIN_WORDS: Final = str.maketrans(dict.fromkeys("'’‘`´ʻʼ.\u00ad"))
"""Signs that vanish without a gap: O'Brien is OBRIEN."""

_SIGNS: Final = re.compile("[^A-Z0-9]+")

_SOUNDS: Final = {letter: digit for digit, letters in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), start=1) for letter in letters}


@lru_cache(CACHED_TEXTS)
def fold(text: str) -> str:
    """Plain capitals and digits, other signs as one space; letters of other scripts stay, so that they can still be compared.

    "  Núñez-O'Hara " becomes "NUNEZ OHARA"; a text of signs or pictures alone becomes empty.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    text = text.upper().translate(_WITHIN_WORDS)
    if text.isascii():
        return _SIGNS.sub(" ", text).strip()
    text = unicodedata.normalize("NFKD", text.translate(_NOT_DECOMPOSED))
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).upper()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text).split())


@lru_cache(CACHED_TEXTS)
def words(text: str) -> tuple[str, ...]:
    """The words of a name, particles joined to what follows: "de la Cruz" is one word, as many files write it."""
    joined: list[str] = []
    prefix = ""
    particles = written_words().particles
    for word in fold(text).split():
        if word in particles:
            prefix += word
        else:
            joined.append((prefix + word)[:LONGEST])
            prefix = ""
    if prefix:
        joined.append(prefix[:LONGEST])
    return tuple(joined)


def is_placeholder(name: str) -> bool:
    """Whether a folded name says only that nobody knew it."""
    return name in written_words().no_names


@lru_cache(CACHED_TEXTS)
def sound(name: str) -> str:
    """American Soundex of a folded name; another script has no sound and stands for itself."""
    if not name.isascii():
        return name
    letters = [letter for letter in name if letter.isalpha()]
    if not letters:
        return name
    code, previous = letters[0], _SOUNDS.get(letters[0], 0)
    for letter in letters[1:]:
        digit = _SOUNDS.get(letter, 0)
        if digit and digit != previous:
            code += str(digit)
        if letter not in "HW":
            previous = digit
    return code[:4].ljust(4, "0")


class Nicknames(NamedTuple):
    """Which given names may stand for one another."""

    canonical: Mapping[str, str]
    """Nickname → its commonest full form, for keys."""
    related: Mapping[str, frozenset[str]]
    """Name → every name that it may stand for, or that may stand for it: full forms, nicknames, and their fellows of one full form."""


@cache
def nicknames() -> Nicknames:
    """The shipped table (data/nicknames.csv); the first full form listed for a nickname is its canonical one, be it itself."""
    canonical: dict[str, str] = {}
    forms: dict[str, list[str]] = defaultdict(list)
    for full, nickname in _pairs():
        canonical.setdefault(nickname, full)
        forms[full].append(nickname)
    related: dict[str, set[str]] = defaultdict(set)
    for full, short in forms.items():
        group = {full, *short}
        for name in group:
            related[name] |= group - {name}
    return Nicknames(canonical, {name: frozenset(others) for name, others in related.items()})


def _pairs() -> Iterator[tuple[str, str]]:
    text = files("votecal_soap.search").joinpath("data", "nicknames.csv").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    for row in rows[1:]:
        full, nickname = row.split(",")
        yield full, nickname
