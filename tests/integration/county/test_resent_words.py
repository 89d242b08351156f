"""A county's process that dies after the state took its word and before the answer was kept, while its clerks go on (EWS-07, EWS-09)."""

import pytest

from votecal_soap.county.answer_sender import AnswerSender
from votecal_soap.county.clerk import Clerk
from votecal_soap.county.voter_work import change_voter

from .test_registration_over_soap import row_of


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@pytest.fixture
def clerk(office, client):
    return Clerk(office, client)


def dies_after(client, monkeypatch, call):
    """The state takes the next call of this kind; the process does not live to hear it."""
    sent = getattr(client, call)

    def dies(*given):
        sent(*given)
        monkeypatch.setattr(client, call, sent)
        raise Killed

    monkeypatch.setattr(client, call, dies)


@pytest.mark.requirement("EWS-07", "EWS-09")
def test_an_update_is_sent_again_as_it_was_although_a_clerk_has_changed_the_voter_since(state, ems, office, client, clerk, voters, monkeypatch):
    number, uid = voters[0].ems_voter_id, int(voters[0].state_voter_id)
    dies_after(client, monkeypatch, "update_voter")
    with pytest.raises(Killed):
        clerk.update(number, {"nm_last": "Quackenbush"}, "married")
    (key,) = row_of(ems, number, "voter_key")
    with ems.transaction() as connection:
        change_voter(connection, key, {"email_addr": "z@example.org"}, ems.next_change_no())

    assert AnswerSender(office, client).send_unsent() == {"UpdateVoter Applied": 1}
    assert row_of(ems, number, "base_version, changed_kinds <> 0") == (2, True)  # the clerk's own change is still to be sent
    (kept,) = ems.connection.execute("SELECT sent FROM state_answers").fetchone()
    assert kept is None

    assert clerk.update(number, {}, "her address") == "Applied"
    with state.application.unit_of_work(read_only=True) as uow:
        after = uow.voters.get(uid)
    assert (after.last_name, after.email, after.version) == ("QUACKENBUSH", "z@example.org", 3)
    assert row_of(ems, number, "base_version, changed_kinds") == (3, 0)
