"""What of a message may be written down: its shape, and values that say nothing of a person (OPS-03, OPS-05).

A list of what is shown, not of what is hidden: an element that is added to the contract is hidden until somebody decides otherwise.
"""

import re
from collections.abc import Callable
from typing import Final

from lxml import etree

MASK: Final = "***"
_UNKNOWN: Final = "unknown"

_IDS: Final = """
AfterMatchCaseId AfterMergedItemId AfterMessageId AfterSequence AfterStateVoterId AfterVoterEntryId CorrelationId ElectionId EmsVoterId JobId MatchCaseId
MergedByMatchCaseId MergedItemId MergedStateVoterId MessageId NewStateVoterId NewerStateVoterId OlderStateVoterId StateVoterId TransactionId TransferId
UploadId VoterEntryId WorkItemId AskedCountyCode CountyCode GainingCountyCode LosingCountyCode NewCountyCode RejectedByCountyCode
"""
_NUMBERS: Final = """
BaseVersion CaseVersion CurrentVersion ExpectedVersion KnownVersion RecordVersion SchemaVersion ContractVersion Version VoterSequence RecordSequence
ByteCount ChunkByteLimit Count GroupSize ItemCount MaximumBytes MaximumDifferences MaximumEntries MaximumItems MaximumMatchCases MaximumMessages
MaximumRecords MaximumVoters MessagesRemaining MoreDifferences MoreItems MoreMatchCases MoreMergedItems MoreRecordGroups MoreResults MoreVoterEntries
NextOffset Offset RecordCount RecordsProcessed VotersWithoutVotingPrecinct IncludeContent IncludeDetail Retryable RetryAfterSeconds
"""
_STATES: Final = """
ActivityType CaseState CaseType ClearOutcome ClearResult Code Compression DataKind Decision DeclinedOutcome DifferenceKind Disposition FailureReason Finding
JobDecision JobState JobType MessageType Outcome Provisional ReferenceKind RegistrationOutcome Severity SynchronizationScope TransferOutcome TransferState
UploadState faultcode
"""
_INSTANTS: Final = """
CompletedAt CredentialExpiresAt DueOn EnqueuedAt NotBefore OpenedAt PendingUntil ReceivedAt ServerTime UploadTokenExpiresAt
"""
SHOWN: Final = frozenset((_IDS + _NUMBERS + _STATES + _INSTANTS).split())
"""Elements whose value is shown, as long as it has the form of such a value."""

_FORM: Final = re.compile(r"[A-Za-z0-9_.:+\-]{1,64}").fullmatch
_OF_FAULT: Final = frozenset({"Text", "Ref", "faultstring", "Name"})


def masked(element: etree._Element, is_known: Callable[[str], bool], *, is_valid: bool) -> str:
    """An element with its values hidden. Of a request that is not valid no value is shown: nobody knows what it may be.

    Names that the contract does not have are hidden too: somebody may have put a value there.
    """
    shown = _copy(element, is_known, is_valid=is_valid)
    return etree.tostring(shown, encoding="unicode")


def _copy(element: etree._Element, is_known: Callable[[str], bool], *, is_valid: bool) -> etree._Element:
    name = etree.QName(element).localname
    copied = etree.Element(name if is_known(name) or name in {"Fault", "detail", "faultcode", "faultstring"} else _UNKNOWN)
    copied.extend(_copy(child, is_known, is_valid=is_valid) for child in element if isinstance(child.tag, str))
    text = (element.text or "").strip()
    if text:
        copied.text = text if is_valid and _may_be_shown(element, name, text) else MASK
    return copied


def _may_be_shown(element: etree._Element, name: str, text: str) -> bool:
    parent = element.getparent()
    # The same names mean other things elsewhere: a voter's name, a county's own words.
    if name in _OF_FAULT and parent is not None and etree.QName(parent).localname in ("VoteCalFault", "Fault"):
        return True
    return name in SHOWN and _FORM(text) is not None
