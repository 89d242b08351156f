"""What hangs on made-up voters, and the file that carries it."""

import json
from datetime import UTC, date, datetime
from itertools import islice

import pytest

from votecal_soap.contract.history_file import FIRST_TIME_FEDERAL, HistoryLine, read_history_line, write_history_line
from votecal_soap.domain.voter_children import Contact, CustomField, Document, DocumentKind, Participation, PastAddress
from votecal_soap.synthetic.elections import past_elections
from votecal_soap.synthetic.histories import history_lines
from votecal_soap.synthetic.voters import generate_voters


def lines(count=200):
    return list(history_lines(generate_voters(count, 1, "19"), "19", 1))


@pytest.mark.requirement("DLR-09")
def test_every_kind_of_child_is_made_and_comes_through_the_file_unchanged():
    made = lines()
    assert {type(line.content) for line in made} == {PastAddress, Participation, Document, Contact, CustomField, type(None)}
    assert {line.content.document_kind for line in made if isinstance(line.content, Document)} == set(DocumentKind)
    assert [read_history_line(write_history_line(line), "19") for line in made] == made


def test_a_voter_has_the_same_history_in_a_longer_stream():
    short = lines(20)
    assert list(islice(lines(60), len(short))) == short


@pytest.mark.requirement("DLR-11")
def test_only_who_never_voted_in_a_federal_election_is_marked_as_a_first_time_federal_voter():
    federal = {election.election_id for election in past_elections() if election.federal}
    made = lines()
    marked = {line.ems_voter_id for line in made if line.content is None}
    voted = {line.ems_voter_id for line in made if isinstance(line.content, Participation) and line.content.election_id in federal}
    assert marked and voted and not marked & voted
    assert marked | voted == {line.ems_voter_id for line in made}


def test_images_are_png():
    (first, *_) = [line.document for line in lines(3) if line.document]
    assert first.startswith(b"\x89PNG\r\n\x1a\n") and first.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        json.dumps({"kind": "Contact"}),
        json.dumps({"ems_voter_id": "1", "kind": "Party"}),
        json.dumps({"ems_voter_id": "1", "kind": "CustomField", "field_name": "Dog"}),
        json.dumps({"ems_voter_id": "1", "kind": "CustomField", "field_name": "Dog", "field_value": "1", "more": "SECRET"}),
        json.dumps({"ems_voter_id": "1", "kind": "Participation", "election_id": "2020-GENERAL", "voting_method": "SECRET"}),
        json.dumps(
            {"ems_voter_id": "1", "kind": "Document", "document_kind": "AffidavitImage", "media_type": "x", "received_on": "2020-01-01", "content": "?"}
        ),
        json.dumps({"ems_voter_id": "1", "kind": "Contact", "contacted_at": "2020-01-01T10:00", "channel": "x", "author": "x", "remark": "SECRET"}),
        json.dumps({"ems_voter_id": "1", "kind": "PastAddress", "address_kind": "Residence", "effective_from": "SECRET"}),
    ],
)
def test_a_wrong_line_is_refused_without_its_values(text):
    with pytest.raises(ValueError, match=r"\.$") as refused:
        read_history_line(text, "19")
    assert "SECRET" not in str(refused.value)


def test_a_line_says_of_what_county_it_is_by_its_file():
    contact = Contact("46", datetime(2020, 1, 1, tzinfo=UTC), "Counter", "clerk", "x")
    assert read_history_line(write_history_line(HistoryLine("7", contact, None)), "46").content == contact
    assert json.loads(write_history_line(HistoryLine("7", None, None))) == {"ems_voter_id": "7", "kind": FIRST_TIME_FEDERAL}
    assert (
        read_history_line(write_history_line(HistoryLine("7", Document(DocumentKind.OTHER, "text/plain", "x", None, date(2020, 1, 1)), b"x")), "19").document
        == b"x"
    )
