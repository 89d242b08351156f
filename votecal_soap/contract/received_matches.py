"""The details of a received message that tell of matches, moves and DMV records, as values (COA-21, COA-32, COA-37, S10.11).

Enumerations stay text, for their lists are open, and an element that is not known here is passed over.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from lxml import etree

from votecal_soap.contract.dmv_record_markup import MAILING_ELEMENTS, RESIDENCE_ELEMENTS
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.ems_messages import MessageType

_Q: Final = f"{{{EMS_INTEGRATION}}}"


class ReceivedCriterion(NamedTuple):
    """One field's part in a match: the degree of agreement, and what it is worth in bits."""

    field: str
    level: str
    contribution: float
    text: str


class ReceivedVoter(NamedTuple):
    """A voter in the state's codes, as far as the county may see the record; days are ISO text."""

    state_voter_id: int
    county_code: str
    record_version: int
    status: str
    texts: Mapping[str, str]
    """The other simple elements, by name."""
    residence: ResidenceAddress | None
    mailing: MailingAddress | None
    home_precinct: str | None
    home_precinct_part: str | None


class ReceivedDuplicate(NamedTuple):
    """The other record of a pair, and which of the two stays after a merge."""

    other_voter: ReceivedVoter
    cause: str
    asked_county: str | None
    newer_id: int | None
    older_id: int | None


class ReceivedMatch(NamedTuple):
    """A match case as this county may see it; of a pair `voter` is the county's own record."""

    case_id: int
    case_type: str
    case_state: str
    case_version: int
    county_code: str
    confidence: int
    criteria: tuple[ReceivedCriterion, ...]
    cap: str | None
    potential_reason: str | None
    due_on: str | None
    work_item_id: int | None
    voter: ReceivedVoter
    new_address: ResidenceAddress | None
    new_mailing_address: MailingAddress | None
    new_county: str | None
    home_precinct_needed: bool
    basis: str | None
    duplicate: ReceivedDuplicate | None = None


class ReceivedTransfer(NamedTuple):
    """A voter's move from one county to another, with the match that made it if DMV's did."""

    transfer_id: int
    state_voter_id: int
    losing_county: str
    gaining_county: str
    state: str
    provisional: bool
    pending_until: str
    match: ReceivedMatch | None
    voter: ReceivedVoter | None = None
    """Of a move that a county registered: the record as this county may see it; of one taken back, this county's own."""


class ReceivedDmvRecord(NamedTuple):
    """A DMV record that matched nobody; `data` is all that DMV sent, by element, an address as a mapping of its parts."""

    work_item_id: int
    county_code: str
    data: Mapping[str, object]


class ReceivedOverdue(NamedTuple):
    """A case that was not decided in time."""

    case_id: int


class ReceivedConfidentialityEnding(NamedTuple):
    """The day on which a voter's public-safety status ends."""

    ends_on: str


class ReceivedConfidentiality(NamedTuple):
    """What SOS has set of a voter's confidentiality; no kind: it has ended."""

    kind: str | None
    since: str | None


ReceivedDetail = ReceivedMatch | ReceivedTransfer | ReceivedDmvRecord | ReceivedOverdue | ReceivedConfidentialityEnding | ReceivedConfidentiality


def read_detail(message_type: str, message: etree._Element) -> ReceivedDetail | None:
    """The detail of a message of one of these types; None for another type, and when the detail is missing."""
    known = _READERS.get(message_type)
    if known is None:
        return None
    name, read = known
    detail = message.find(f"{_Q}{name}")
    return None if detail is None else read(detail)


def _texts(element: etree._Element) -> dict[str, str]:
    return {child.tag[len(_Q) :]: child.text or "" for child in element if not len(child)}


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return element.find(f"{_Q}{name}")


def _is_true(text: str | None) -> bool:
    return (text or "").strip() in ("true", "1")


def _residence(parent: etree._Element, name: str) -> ResidenceAddress | None:
    element = _child(parent, name)
    return None if element is None else ResidenceAddress(*map(_texts(element).get, RESIDENCE_ELEMENTS))


def _mailing(parent: etree._Element, name: str) -> MailingAddress | None:
    element = _child(parent, name)
    return None if element is None else MailingAddress(*map(_texts(element).get, MAILING_ELEMENTS))


def read_voter(element: etree._Element) -> ReceivedVoter:
    """A Voter; one that lacks what it must have raises KeyError."""
    texts, precinct = _texts(element), _child(element, "HomePrecinct")
    home = {} if precinct is None else _texts(precinct)
    return ReceivedVoter(
        int(texts.pop("StateVoterId")),
        texts.pop("CountyCode"),
        int(texts.pop("RecordVersion")),
        texts.pop("Status"),
        texts,
        _residence(element, "ResidenceAddress"),
        _mailing(element, "MailingAddress"),
        home.get("PrecinctCode"),
        home.get("PrecinctPart"),
    )


def read_criteria(element: etree._Element) -> tuple[ReceivedCriterion, ...]:
    """What made a match, of any element with Criteria."""
    return tuple(map(_criterion, element.iterfind(f"{_Q}Criteria/{_Q}Criterion")))


def _criterion(element: etree._Element) -> ReceivedCriterion:
    texts = _texts(element)
    return ReceivedCriterion(texts["MatchField"], texts["Level"], float(texts["Contribution"]), texts["Text"])


def read_match(element: etree._Element) -> ReceivedMatch:
    """A MatchNotice; one that lacks what it must have raises KeyError."""
    texts, voter = _texts(element), _child(element, "Voter")
    if voter is None:
        raise KeyError("Voter")
    return ReceivedMatch(
        case_id=int(texts["MatchCaseId"]),
        case_type=texts["CaseType"],
        case_state=texts["CaseState"],
        case_version=int(texts["CaseVersion"]),
        county_code=texts["CountyCode"],
        confidence=int(texts["Confidence"]),
        criteria=read_criteria(element),
        cap=texts.get("Cap"),
        potential_reason=texts.get("PotentialReason"),
        due_on=texts.get("DueOn"),
        work_item_id=int(texts["WorkItemId"]) if "WorkItemId" in texts else None,
        voter=read_voter(voter),
        new_address=_residence(element, "NewAddress"),
        new_mailing_address=_mailing(element, "NewMailingAddress"),
        new_county=texts.get("NewCountyCode"),
        home_precinct_needed=_is_true(texts.get("HomePrecinctNeeded")),
        basis=texts.get("Basis"),
        duplicate=_duplicate(element),
    )


def _duplicate(match: etree._Element) -> ReceivedDuplicate | None:
    element = _child(match, "Duplicate")
    other = None if element is None else _child(element, "OtherVoter")
    if element is None or other is None:
        return None
    texts = _texts(element)
    newer, older = (int(texts[name]) if name in texts else None for name in ("NewerStateVoterId", "OlderStateVoterId"))
    return ReceivedDuplicate(read_voter(other), texts["DuplicateCause"], texts.get("AskedCountyCode"), newer, older)


def _transfer(element: etree._Element) -> ReceivedTransfer:
    texts, match, voter = _texts(element), _child(element, "MatchNotice"), _child(element, "Voter")
    return ReceivedTransfer(
        int(texts["TransferId"]),
        int(texts["StateVoterId"]),
        texts["LosingCountyCode"],
        texts["GainingCountyCode"],
        texts["TransferState"],
        _is_true(texts["Provisional"]),
        texts["PendingUntil"],
        None if match is None else read_match(match),
        None if voter is None else read_voter(voter),
    )


def _dmv_record(element: etree._Element) -> ReceivedDmvRecord:
    texts, record = _texts(element), _child(element, "DmvRecord")
    if record is None:
        raise KeyError("DmvRecord")
    return ReceivedDmvRecord(int(texts["WorkItemId"]), texts["CountyCode"], read_dmv_data(record))


def read_dmv_data(record: etree._Element) -> dict[str, object]:
    """All that DMV sent, by element; an address is a mapping of its parts."""
    return {child.tag[len(_Q) :]: _texts(child) if len(child) else child.text or "" for child in record}


def _overdue(element: etree._Element) -> ReceivedOverdue:
    return ReceivedOverdue(int(_texts(element)["MatchCaseId"]))


def _confidentiality_ending(element: etree._Element) -> ReceivedConfidentialityEnding:
    return ReceivedConfidentialityEnding(_texts(element)["EndsOn"])


def _confidentiality(element: etree._Element) -> ReceivedConfidentiality:
    texts = _texts(element)
    return ReceivedConfidentiality(texts.get("Confidentiality"), texts.get("ConfidentialSince"))


_READERS: Final[Mapping[str, tuple[str, Callable[[etree._Element], ReceivedDetail]]]] = {
    MessageType.AUTOMATIC_MATCH_APPLIED: ("MatchNotice", read_match),
    MessageType.PROVISIONAL_MATCH_APPLIED: ("MatchNotice", read_match),
    MessageType.POTENTIAL_MATCH: ("MatchNotice", read_match),
    MessageType.MATCH_CASE_REPLACED: ("MatchNotice", read_match),
    MessageType.MATCH_CASE_DECIDED: ("MatchNotice", read_match),
    MessageType.POTENTIAL_DUPLICATE: ("MatchNotice", read_match),
    MessageType.DUPLICATE_CASE_DECIDED: ("MatchNotice", read_match),
    MessageType.MERGED_INTO_NEWER: ("MatchNotice", read_match),
    MessageType.MERGE_PROVISIONAL: ("MatchNotice", read_match),
    MessageType.MERGE_RECEIVED: ("MatchNotice", read_match),
    MessageType.MERGE_UNDONE: ("MatchNotice", read_match),
    MessageType.MATCH_CASE_OVERDUE: ("MatchCaseOverdue", _overdue),
    MessageType.TRANSFER_OUT: ("TransferNotice", _transfer),
    MessageType.TRANSFER_IN: ("TransferNotice", _transfer),
    MessageType.TRANSFER_ACCEPTED: ("TransferNotice", _transfer),
    MessageType.TRANSFER_REVERSED: ("TransferNotice", _transfer),
    MessageType.UNRESOLVED_DMV_COA: ("UnresolvedDmvCoa", _dmv_record),
    MessageType.DMV_REGISTRATION_PENDING: ("DmvRegistrationPending", _dmv_record),
    MessageType.CONFIDENTIALITY_ENDING: ("ConfidentialityEnding", _confidentiality_ending),
    MessageType.CONFIDENTIALITY_CHANGED: ("ConfidentialityChanged", _confidentiality),
}
"""The one element that a message of each type has beside its header, and what reads it."""
