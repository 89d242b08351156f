"""Each operation of EMS Integration, in an order in which one finds something for the next.

A new operation of the WSDL needs a function and a line in OPERATIONS here: a test compares, and the samples of `docs/contract.md` come from this run.
"""

from collections.abc import Callable
from typing import Any, Final

from votecal_soap.contract.client_envelope import all_of, text_of
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.county.vendor_check import voter_operations
from votecal_soap.county.vendor_check.made_up import registration
from votecal_soap.county.vendor_check.visit import EMS, CheckFailed, NotTried, Visit
from votecal_soap.county.vendor_check.voter_operations import BASIS

UNKNOWN_ID: Final = 999_999_999_999
_NOBODY: Final = {"LastName": "Nobody", "DateOfBirth": "1970-01-01"}


def ping(visit: Visit) -> None:
    """Who we are."""
    visit.kept["county"] = text_of(visit.ask(EMS, "Ping"), "PingResult/CountyCode")


def list_match_cases(visit: Visit) -> None:
    """The cases of DMV's files that wait."""
    wanted = (branch("CaseStates", leaf("CaseState", "Open")), branch("CaseTypes", leaf("CaseType", "DmvCoa")))
    answer = visit.ask(EMS, "ListMatchCases", *wanted, leaf("MaximumMatchCases", 1))
    visit.kept["notices"] = all_of(answer, "MatchNotices/MatchNotice")


def get_match_case(visit: Visit) -> None:
    """One of them as it stands."""
    visit.ask(EMS, "GetMatchCase", leaf("MatchCaseId", int(text_of(_notice(visit), "MatchCaseId"))))


def search_voters(visit: Visit) -> None:
    """A voter whom we know; nobody is an answer too."""
    notices = visit.kept.get("notices")
    known = {name: text_of(notices[0], f"Voter/{name}") for name in ("LastName", "DateOfBirth")} if notices else _NOBODY
    visit.ask(EMS, "SearchVoters", *(leaf(name, value) for name, value in known.items()), leaf("MaximumVoters", 5))


def get_message_queue(visit: Visit) -> None:
    """The oldest message."""
    visit.ask(EMS, "GetMessageQueue", leaf("MaximumMessages", 1), leaf("IncludeDetail", True))
    visit.kept["message_ids"] = [int(text_of(message, "MessageHeader/MessageId")) for message in visit.messages]


def get_messages(visit: Visit) -> None:
    """One by its id, and one that is not there."""
    newest = visit.kept.get("message_ids", [])[-1:]
    answer = visit.ask(EMS, "GetMessages", branch("MessageIds", *(leaf("MessageId", number) for number in (*newest, UNKNOWN_ID))))
    if [text_of(missing) for missing in all_of(answer, "MissingMessageIds/MessageId")] != [str(UNKNOWN_ID)]:
        raise CheckFailed("An id that the queue does not have was not named in MissingMessageIds.")


def register_voter(visit: Visit) -> None:
    """Somebody new; candidates and refusals are answers too."""
    answer = visit.ask(EMS, "RegisterVoter", *_registration(visit))
    visit.kept["registered"] = text_of(answer, "RegistrationResult/StateVoterId"), text_of(answer, "RegistrationResult/RegistrationOutcome")


def decide_match_case(visit: Visit) -> None:
    """Accept one."""
    notice = _notice(visit)
    seen = (leaf("MatchCaseId", int(text_of(notice, "MatchCaseId"))), leaf("ExpectedVersion", int(text_of(notice, "CaseVersion"))))
    word = (leaf("Decision", "Accept"), leaf("Basis", BASIS))
    visit.kept["decided"] = visit.ask(EMS, "DecideMatchCase", leaf("TransactionId", visit.transaction("decide")), *seen, *word)


def undo_match_case(visit: Visit) -> None:
    """Take that back."""
    decided = visit.kept.get("decided")
    if decided is None:
        raise NotTried("No case was accepted before it.")
    parts = (leaf(name, int(text_of(decided, f"MatchCaseResult/{of}"))) for name, of in (("MatchCaseId", "MatchCaseId"), ("ExpectedVersion", "CaseVersion")))
    visit.ask(EMS, "UndoMatchCase", leaf("TransactionId", visit.transaction("undo")), *parts, leaf("Basis", BASIS))


def report_unresolved_coa(visit: Visit) -> None:
    """A record of DMV's that is nobody's."""
    items = [int(text_of(message, "UnresolvedDmvCoa/WorkItemId")) for message in visit.messages_of("UnresolvedDmvCoa")]
    transaction, finding = leaf("TransactionId", visit.transaction("report")), (leaf("Finding", "NonMatch"), leaf("Basis", BASIS))
    visit.ask_of_first(EMS, "ReportUnresolvedCoa", ((transaction, leaf("WorkItemId", item), *finding) for item in items))


def accept_transfer_out(visit: Visit) -> None:
    """A voter has moved away."""
    transaction = leaf("TransactionId", visit.transaction("accept-transfer"))
    visit.kept["accepted"] = visit.ask_of_first(EMS, "AcceptTransferOut", ((transaction, leaf("TransferId", number)) for number in _transfers(visit)))


def undo_transfer_out(visit: Visit) -> None:
    """That was a mistake."""
    if "accepted" not in visit.kept:
        raise NotTried("No move was accepted before it.")
    transfer = leaf("TransferId", int(text_of(visit.kept["accepted"], "TransferResult/TransferId")))
    visit.ask(EMS, "UndoTransferOut", leaf("TransactionId", visit.transaction("undo-transfer")), transfer, leaf("Basis", BASIS))


def reverse_transfer_out(visit: Visit) -> None:
    """Another one has not."""
    transaction = leaf("TransactionId", visit.transaction("reverse-transfer"))
    visit.ask_of_first(EMS, "ReverseTransferOut", ((transaction, leaf("TransferId", number), leaf("Basis", BASIS)) for number in _transfers(visit)))


def pull_merged_data(visit: Visit) -> None:
    """What a merge brought."""
    case_id = int(text_of(visit.messages_of("MergeReceived")[0], "MatchNotice/MatchCaseId"))
    visit.ask(EMS, "PullMergedData", leaf("MatchCaseId", case_id), leaf("MaximumItems", 2), leaf("IncludeContent", True))


def clear_messages(visit: Visit) -> None:
    """The oldest one."""
    first = visit.kept.get("message_ids", [])[:1]
    if not first:
        raise NotTried("The queue is empty.")
    clearance = branch("Clearance", leaf("MessageId", first[0]), leaf("ClearOutcome", "Processed"))
    visit.ask(EMS, "ClearMessages", branch("Clearances", clearance))


OPERATIONS: Final[tuple[tuple[str, Callable[[Visit], None], bool], ...]] = (
    ("Ping", ping, False),
    ("ListMatchCases", list_match_cases, False),
    ("GetMatchCase", get_match_case, False),
    ("SearchVoters", search_voters, False),
    ("GetMessageQueue", get_message_queue, False),
    ("GetMessages", get_messages, False),
    ("PullMergedData", pull_merged_data, False),
    *voter_operations.READING,
    ("RegisterVoter", register_voter, True),
    *voter_operations.CHANGING,
    ("DecideMatchCase", decide_match_case, True),
    ("UndoMatchCase", undo_match_case, True),
    ("ReportUnresolvedCoa", report_unresolved_coa, True),
    ("AcceptTransferOut", accept_transfer_out, True),
    ("UndoTransferOut", undo_transfer_out, True),
    ("ReverseTransferOut", reverse_transfer_out, True),
    ("ClearMessages", clear_messages, True),
)
"""Name in the WSDL, how it is tried, and whether that changes records."""


def _registration(visit: Visit, ems_voter_id: str = "") -> tuple[str, ...]:
    """RegisterVoter's parts; the same for the same visit."""
    return leaf("TransactionId", visit.transaction("register")), leaf("EmsVoterId", ems_voter_id or f"CHECK-{visit.stamp}"[:20]), registration(visit.stamp)


def _notice(visit: Visit) -> Any:  # noqa: ANN401 - an lxml element
    notices = visit.kept.get("notices")
    if not notices:
        raise NotTried("No match case of DMV's is open; a sandbox has some.")
    return notices[0]


def _transfers(visit: Visit) -> list[int]:
    return [int(text_of(message, "TransferNotice/TransferId")) for message in visit.messages_of("TransferOut")]


def same_call_again(visit: Visit) -> None:
    """EWS-07: the same TransactionId with the same request is answered as before."""
    if "registered" not in visit.kept:
        raise NotTried("Nobody was registered before it.")
    register_before = visit.kept["registered"]
    answer = visit.ask(EMS, "RegisterVoter", *_registration(visit))
    if (text_of(answer, "RegistrationResult/StateVoterId"), text_of(answer, "RegistrationResult/RegistrationOutcome")) != register_before:
        raise CheckFailed("The same call sent again was answered otherwise: somebody may be registered twice. Tell SOS.")


def other_call_with_its_id(visit: Visit) -> str:
    """The parts of RegisterVoter with a TransactionId that came before, for another voter."""
    if "registered" not in visit.kept:
        raise NotTried("Nobody was registered before it.")
    return branch("RegisterVoter", *_registration(visit, "CHECK-OTHER"), namespace=EMS.namespace)
