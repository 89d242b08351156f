"""Messages about matches and moves as the state renders them, read as a county reads them."""

from datetime import UTC, date, datetime

from fakes.dmv import NEW_HOME, a_record, a_voter

from votecal_soap.contract.match_payloads import (
    render_confidentiality_changed,
    render_confidentiality_ending,
    render_dmv_registration_pending,
    render_match_notice,
    render_overdue,
    render_transfer_notice,
    render_unresolved_dmv_coa,
)
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.queue_messages import render_header, render_messages
from votecal_soap.contract.queue_page import read_queue_page
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase, PotentialReason, TransferOut, TransferState
from votecal_soap.domain.match_notices import DmvRecordNotice, MatchNotice, TransferNotice
from votecal_soap.domain.matching import Criterion, MatchField

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
UID = 100_000_001
SAME = (Criterion(MatchField.LAST_NAME, "exact", 6.4, "Same surname"), Criterion(MatchField.DATE_OF_BIRTH, "exact", 11.7, "Same date of birth"))


def the_voter(**changes):
    """LA-1 of the EMS, as the state has her."""
    return a_voter(**{"state_voter_id": UID, "ems_voter_id": "LA-1", "version": 2, **changes})


def a_notice(**changes):
    """A potential match of that voter."""
    notice = MatchNotice(
        case_id=5,
        case_type=CaseType.DMV_COA,
        case_state=CaseState.OPEN,
        case_version=1,
        county_code="19",
        confidence=98,
        criteria=SAME,
        cap="common_name",
        potential_reason=PotentialReason.BELOW_AUTOMATIC,
        due_on=date(2026, 3, 9),
        work_item_id=8,
        dmv_transaction_id="T1",
        dmv_transaction_date=date(2026, 3, 1),
        voter=the_voter(),
        new_address=NEW_HOME,
        new_mailing_address=None,
        new_county="19",
        home_precinct_needed=False,
        withheld_by_blackout=False,
        basis=None,
    )
    return notice._replace(**changes)


def a_transfer(**changes):
    """A move of that voter from Los Angeles to Alameda."""
    transfer = TransferOut(
        transfer_id=3,
        state_voter_id=UID,
        losing_county="19",
        gaining_county="01",
        case_id=5,
        state=TransferState.OPEN,
        provisional=False,
        opened_at=NOW,
        pending_until=NOW,
        decided_at=None,
        decided_by=None,
    )
    return transfer._replace(**changes)


def received(message_type, payload, *, message_id=1, uid=UID, version=2, ems_id="LA-1"):
    """The message as `read_queue_page` gives it to the EMS."""
    header = render_header(message_type, NOW, (uid, message_id if uid else None, ems_id if uid else None, version if uid else None, None, None))
    (told,) = render_messages([(message_id, header, payload)])
    answer = f'<GetMessageQueueResponse xmlns="{EMS_INTEGRATION}"><Messages>{told}</Messages><MessagesRemaining>0</MessagesRemaining></GetMessageQueueResponse>'
    envelope = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{answer}</s:Body></s:Envelope>'
    (message,) = read_queue_page(envelope.encode()).messages
    return message


def of_match(message_type, *, message_id=1, **changes):
    """With MatchNotice."""
    notice = a_notice(**changes)
    return received(message_type, render_match_notice(notice, reader_county="19"), message_id=message_id, version=notice.voter.version)


def of_transfer(message_type, transfer, *, message_id=1, version=2, **changes):
    """With TransferNotice."""
    match = a_notice(**{"case_state": CaseState.ACCEPTED, "potential_reason": None, "new_county": transfer.gaining_county, **changes})
    payload = render_transfer_notice(TransferNotice(transfer, match), reader_county="19")
    return received(message_type, payload, message_id=message_id, version=version, ems_id=None)


def of_record(message_type, *, message_id=1, **changes):
    """With a DMV record that matched nobody."""
    notice = DmvRecordNotice(8, "19", a_record(**changes))
    render = render_unresolved_dmv_coa if message_type == "UnresolvedDmvCoa" else render_dmv_registration_pending
    return received(message_type, render(notice), message_id=message_id, uid=None)


def of_overdue(case_id=5, message_id=1):
    """With MatchCaseOverdue."""
    fields = dict.fromkeys(MatchCase._fields) | {"case_id": case_id, "case_type": CaseType.DMV_COA, "state_voter_id": UID, "opened_at": NOW}
    case = MatchCase(**fields | {"due_on": date(2026, 3, 9)})
    return received("MatchCaseOverdue", render_overdue(case), message_id=message_id)


def of_confidentiality_changed(**changes):
    """With ConfidentialityChanged."""
    return received("ConfidentialityChanged", render_confidentiality_changed(the_voter(**changes)))


def of_confidentiality_ending():
    """With ConfidentialityEnding."""
    return received("ConfidentialityEnding", render_confidentiality_ending(the_voter(), date(2026, 5, 1)))
