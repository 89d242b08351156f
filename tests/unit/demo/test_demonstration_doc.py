"""The document of the demonstration names every requirement of DMV's files and of duplicates, every situation, and nothing that is not planted."""

import re
from pathlib import Path

from votecal_soap.demo.dmv_situations import DmvSituation
from votecal_soap.demo.pair_situations import PairSituation

DOC = Path(__file__).parents[3] / "docs" / "demonstration.md"
SITUATIONS = (*DmvSituation, *PairSituation)
REQUIREMENTS = {
    *(f"COA-{number:02}" for number in (*range(1, 15), 20, 21, *range(30, 39))),
    *(f"DUP-{number:02}" for number in (1, 2, 3, 4, 6, 7)),
    *(f"DLR-{number:02}" for number in (5, 7, 8, 9, 12, 15, 18, 19)),
}


def test_every_requirement_has_a_line():
    assert set(re.findall(r"(?:COA|DUP|DLR)-\d\d", DOC.read_text())) == REQUIREMENTS


def test_every_situation_is_named():
    words = set(re.findall(r"[A-Z][A-Za-z]+", DOC.read_text()))
    assert [situation for situation in SITUATIONS if situation.value not in words] == []


def test_a_name_made_like_a_situations_is_one():
    made_of_words = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", DOC.read_text()))
    assert made_of_words - set(SITUATIONS) == set()
