"""What is kept of calls: answers to give again, and SSN4 that were tried (EWS-07, EWS-08)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol


class StoredReply(NamedTuple):
    """The answer of a changing call, and the digest of the request that it answers."""

    request_digest: str
    body: str


class ReplyRepository(Protocol):
    """Answers by county and its own transaction id (EWS-07)."""

    def find(self, county_code: str, transaction_id: str) -> StoredReply | None:
        """What the county was answered."""
        ...

    def keep(self, county_code: str, transaction_id: str, reply: StoredReply, at: datetime) -> None:
        """Keep an answer; one that another call kept meanwhile raises Conflict ALREADY_EXISTS."""
        ...

    def purge(self, kept_before: datetime, limit: int) -> int:
        """Forget answers kept before an instant; how many (OPS-05)."""
        ...


class SearchProbeRepository(Protocol):
    """How many SSN4 a county has tried for one person (EWS-08); all digests are keyed hashes."""

    def note(self, username: str, person_digests: Sequence[str], ssn4_digest: str, *, at: datetime, since: datetime) -> int:
        """Remember a try for several people; how many different SSN4 the credential's county has tried since then for the one most tried.

        Tries of one county at one time are counted one after the other until the transaction ends, so end it soon.
        """
        ...

    def purge(self, tried_before: datetime) -> int:
        """Forget tries before an instant; how many (OPS-05)."""
        ...
