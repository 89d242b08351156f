"""Letters, parts of images, moves and signatures in memory, as far as a change of one voter needs them."""

from collections.abc import Sequence
from datetime import datetime

from fakes.state import FakeState, already_exists

from votecal_soap.domain.match_cases import TransferOut
from votecal_soap.domain.voter_records import Letter
from votecal_soap.use_cases.ports import NewMailing


class FakeMailingRepository:
    """See `ports.MailingRepository`, as far as letters to voters go."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add(self, rows: Sequence[NewMailing], at: datetime) -> None:
        for kind, _, state_voter_id, _, _ in rows:
            if state_voter_id is not None:
                number = self._state.next_number("mailing")
                self._state.letters[number] = (state_voter_id, Letter(number, kind, at, None))

    def of_voter(self, state_voter_id: int) -> list[Letter]:
        return [letter for owner, letter in self._state.letters.values() if owner == state_voter_id]


class FakeDocumentPartRepository:
    """See `ports.DocumentPartRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def received(self, county_code: str, sha256: str) -> dict[int, int]:
        mine = sorted((key[2], content) for key, (content, _) in self._state.document_parts.items() if key[:2] == (county_code, sha256))
        return {offset: len(content) for offset, content in mine}

    def add(self, county_code: str, sha256: str, offset: int, content: bytes, at: datetime) -> None:
        if (county_code, sha256, offset) in self._state.document_parts:
            raise already_exists()
        self._state.document_parts[county_code, sha256, offset] = (content, at)

    def content(self, county_code: str, sha256: str) -> bytes:
        return b"".join(self._state.document_parts[county_code, sha256, offset][0] for offset in self.received(county_code, sha256))

    def remove(self, county_code: str, sha256: str) -> None:
        for offset in self.received(county_code, sha256):
            del self._state.document_parts[county_code, sha256, offset]

    def purge(self, received_before: datetime, limit: int) -> int:
        old = [key for key, (_, at) in self._state.document_parts.items() if at < received_before][:limit]
        for key in old:
            del self._state.document_parts[key]
        return len(old)


class FakeMatchCaseRepository:
    """See `ports.MatchCaseRepository`, as far as moves are added."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add_transfers(self, rows: Sequence[TransferOut]) -> None:
        self._state.transfers.extend(rows)


class FakeWorkItemRepository:
    """See `ports.WorkItemRepository`; there are no signatures from DMV here."""

    def keep_signature_of(self, rows: Sequence[tuple[int, int]], at: datetime) -> None:
        assert not rows
