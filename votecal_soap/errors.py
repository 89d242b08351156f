"""Every error that a caller may meet, in one tree, grouped by what the caller should do.

::

    VoteCalError
    ├── InvalidRequest   mend the request
    ├── NotFound         there is no such thing for this caller
    ├── NotAllowed       use another credential, or ask SOS
    ├── Conflict         read again, then decide
    └── Unavailable      send the same again, later
        ├── Undone           the database undid it: it may be run again at once
        └── OutcomeUnknown   it may have been saved or not

Codes are stable: programs branch on them, `docs/contract.md` lists them, and a test compares the two.
No text ever repeats a value that a voter gave (OPS-03, EWS-13).
"""

from enum import StrEnum


class ErrorCode(StrEnum):
    """The stable codes; the number's first digit names the class that carries it."""

    NOT_WELL_FORMED = "VC-1001"
    DOCTYPE_FORBIDDEN = "VC-1002"
    ENVELOPE_WRONG = "VC-1003"
    HEADER_NOT_UNDERSTOOD = "VC-1004"
    SCHEMA_VIOLATION = "VC-1005"
    OPERATION_UNKNOWN = "VC-1006"
    ENCODING_WRONG = "VC-1007"
    MESSAGE_TOO_LARGE = "VC-1008"
    LIMIT_EXCEEDED = "VC-1009"
    VALUE_WRONG = "VC-1010"
    SETTING_WRONG = "VC-1011"
    VERSION_MISMATCH = "VC-1012"
    FILE_NOT_WELL_FORMED = "VC-1101"
    FILE_DOCTYPE_FORBIDDEN = "VC-1102"
    FILE_ENCODING_WRONG = "VC-1103"
    FILE_DIGEST_WRONG = "VC-1104"
    FILE_COUNT_WRONG = "VC-1105"
    FILE_HEADER_WRONG = "VC-1106"
    FILE_COUNTY_WRONG = "VC-1107"
    FILE_JOB_WRONG = "VC-1108"
    FILE_SCHEMA_VERSION_WRONG = "VC-1109"
    FILE_RECORD_TOO_LARGE = "VC-1110"
    FILE_COMPRESSION_WRONG = "VC-1111"
    FILE_EXPANDS_TOO_FAR = "VC-1112"
    FILE_SEQUENCE_WRONG = "VC-1113"
    FILE_EMPTY = "VC-1114"
    RULES_WRONG = "VC-1201"
    MATCHING_SETTING_WRONG = "VC-1202"
    SEARCH_TOO_LITTLE = "VC-1301"
    IMAGE_WRONG = "VC-1401"
    JOB_NOT_FOUND = "VC-2001"
    UPLOAD_NOT_FOUND = "VC-2002"
    COUNTY_NOT_FOUND = "VC-2003"
    ELECTION_NOT_FOUND = "VC-2004"
    USER_NOT_FOUND = "VC-2005"
    VOTER_NOT_FOUND = "VC-2006"
    CASE_NOT_FOUND = "VC-2007"
    WORK_ITEM_NOT_FOUND = "VC-2008"
    TRANSFER_NOT_FOUND = "VC-2009"
    WEIGHTS_NOT_FOUND = "VC-2010"
    BLACKOUT_NOT_FOUND = "VC-2011"
    MESSAGE_NOT_FOUND = "VC-2012"
    IMAGE_NOT_FOUND = "VC-2013"
    NOT_AUTHENTICATED = "VC-3001"
    NOT_AUTHORISED = "VC-3002"
    INSECURE_TRANSPORT = "VC-3003"
    UPLOAD_TOKEN_WRONG = "VC-3004"  # noqa: S105 - a code, not a secret
    PULL_NOT_SET = "VC-3005"
    DIGEST_NOT_POSSIBLE = "VC-3010"
    DIGEST_NOT_FRESH = "VC-3011"
    DIGEST_REPLAYED = "VC-3012"
    JOB_NOT_OPEN = "VC-4001"
    UPLOAD_GAP = "VC-4002"
    UPLOAD_OVERLAP = "VC-4003"
    UPLOAD_CLOSED = "VC-4004"
    UPLOAD_INCOMPLETE = "VC-4005"
    RECORD_CHANGED = "VC-4006"
    ALREADY_EXISTS = "VC-4007"
    LEASE_LOST = "VC-4008"
    CASE_DECIDED = "VC-4009"
    CASE_CHANGED = "VC-4010"
    CASE_REPLACED = "VC-4011"
    NOT_UNDOABLE = "VC-4012"
    TRANSACTION_REUSED = "VC-4013"
    TRANSFER_PENDING = "VC-4014"
    MERGE_BLOCKED = "VC-4015"
    WORK_ITEM_CHANGED = "VC-4016"
    CASE_CLAIMED = "VC-4020"
    BUSY = "VC-5001"
    INTERNAL = "VC-5002"
    SCHEMA_OUTDATED = "VC-5003"
    THROTTLED = "VC-5004"
    OUTCOME_UNKNOWN = "VC-5005"
    TOO_MANY_CALLS = "VC-5010"
    TOO_MANY_WRONG_SECRETS = "VC-5011"
    DISK_FULL = "VC-5020"
    DISK_READ_ONLY = "VC-5021"
    DISK_FAILS = "VC-5022"


class VoteCalError(Exception):
    """The root. Shape: stable code, text for a person, and where (an XPath, a record's sequence, a setting's name)."""

    retryable = False
    request_error = "InvalidRequest"

    def __init__(self, code: ErrorCode, text: str, *, ref: str | None = None, retry_after_seconds: int | None = None) -> None:
        """Keep what a fault, a file refusal and a command line all need."""
        super().__init__(text)
        self.code = code
        self.text = text
        self.ref = ref
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        """Code, text and place in one line."""
        place = f" (at {self.ref})" if self.ref else ""
        return f"{self.code}: {self.text}{place}"


class InvalidRequest(VoteCalError):
    """The request or file is wrong: mend it."""


class NotFound(VoteCalError):
    """There is no such thing for this caller; another county's is not told apart from none (EWS-01)."""

    request_error = "NotFound"


class NotAllowed(VoteCalError):
    """The caller may not do this."""

    request_error = "NotAllowed"


class Conflict(VoteCalError):
    """The thing has moved on: read it again, then decide."""

    request_error = "Conflict"


class Unavailable(VoteCalError):
    """Nothing is wrong with the request: the same may be sent again, later."""

    retryable = True
    request_error = "SystemUnavailable"


class Undone(Unavailable):
    """The database undid a unit of work before it was told to commit; whoever has all of it may run it again at once (OPS-04)."""


class OutcomeUnknown(Unavailable):
    """The connection was lost while a commit was on its way: what it held is saved, or is not (OPS-04)."""
