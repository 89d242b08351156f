"""What hangs on voters beside their records (DLR-09, DLR-12, DLR-19)."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Row, Select, String, Update, bindparam, func, insert, or_, select, update

from db.bulk import BulkWriter, columns_of
from db.in_lists import in_lists, listed, select_listed
from db.repositories import kept_elsewhere
from db.repositories.child_tables import CHILD_TABLES, TABLE_OF, ChildTable
from db.tables import document_content, election
from db.types import LongText
from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.voter_children import Child, NewChild, Participation, source_of
from votecal_soap.use_cases.ports import DocumentContent

_MARKS = ("copied_from", "merge_case_id")


class SqlChildRepository:
    """The tables of voters' children."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk

    def add_contents(self, contents: Sequence[DocumentContent], at: datetime) -> None:
        """Keep bytes that are not kept yet."""
        given = {item.sha256: item.content for item in contents}
        mine = select(document_content.c.sha256).where(document_content.c.sha256.in_(listed()))
        known = {row.sha256 for row in select_listed(self._connection, mine, sorted(given))}
        rows = [
            {"sha256": digest, "content": base64.b64encode(content).decode(), "received_at": at} for digest, content in given.items() if digest not in known
        ]
        if rows:
            self._connection.execute(insert(document_content), rows)

    def content(self, sha256: str) -> bytes | None:
        """The bytes of a document."""
        text = self._connection.execute(select(document_content.c.content).where(document_content.c.sha256 == sha256)).scalar_one_or_none()
        return None if text is None else base64.b64decode(text)

    def document_sizes(self, state_voter_id: int, digests: Sequence[str]) -> dict[str, int]:
        """How many bytes these documents of a voter have, signatures from DMV included."""
        sizes = {row.sha256: _byte_count(row.characters, row.last_two) for row in select_listed(self._connection, _SIZES, sorted(digests))}
        if sizes.keys() >= set(digests):
            return sizes
        return {item.sha256: len(item.content) for item in kept_elsewhere.signature_contents(self._connection, state_voter_id)} | sizes

    def document_part(self, state_voter_id: int, sha256: str, offset: int, length: int) -> bytes:
        """Some bytes of a document of a voter, or of a signature from DMV."""
        # Three bytes are four characters: a part is cut from the text where both begin, and the text is not read whole.
        groups, skipped = divmod(offset, 3)
        characters = -(-(skipped + length) // 3) * 4
        cut = select(func.substr(document_content.c.content, groups * 4 + 1, characters, type_=LongText)).where(document_content.c.sha256 == sha256)
        text = self._connection.execute(cut).scalar_one_or_none()
        if text is not None:
            return base64.b64decode(text)[skipped : skipped + length]
        signatures = kept_elsewhere.signature_contents(self._connection, state_voter_id)
        return next((item.content[offset : offset + length] for item in signatures if item.sha256 == sha256), b"")

    def add(self, children: Sequence[NewChild], at: datetime) -> None:
        """Insert, one bulk a kind."""
        for held in CHILD_TABLES:
            mine = [child for child in children if type(child.content) is held.kind]
            rows = [(child.state_voter_id, *held.values(child.content), child.copied_from, child.merge_case_id) for child in mine]
            if rows:
                self._bulk.insert(held.table, columns_of(("state_voter_id", *held.columns, *_MARKS), rows), {"recorded_at": at})

    def keep_signature_contents(self, state_voter_id: int, at: datetime) -> None:
        """Keep, among the bytes of documents, those of the voter's signatures from DMV."""
        self.add_contents(kept_elsewhere.signature_contents(self._connection, state_voter_id), at)

    def of_voters(self, state_voter_ids: Sequence[int]) -> list[Child]:
        """All children of these voters, those marked as deleted included, and what is kept elsewhere."""
        wanted = sorted(state_voter_ids)
        stored = [_child(held, row) for held in CHILD_TABLES for row in select_listed(self._connection, _SELECTED[held.kind], wanted)]
        return stored + kept_elsewhere.addresses(self._connection, wanted) + kept_elsewhere.signatures(self._connection, wanted)

    def take_away(self, children: Sequence[Child], by_id: int) -> None:
        """Mark these stored children as deleted by a case or by a move."""
        for held in CHILD_TABLES:
            mine = [child.child_id for child in children if type(child.content) is held.kind]
            statement = update(held.table).where(held.table.c[held.key].in_(listed())).values(deleted_case_id=_BY_CASE)
            for part in in_lists(mine):
                self._connection.execute(statement, {"listed": part, "by_case": by_id})

    def delete_originals(self, record: MergeRecord) -> None:
        """Mark the older record's children in force as deleted by this merge."""
        for statement in _DELETE_ORIGINALS:
            self._connection.execute(statement, {"of_voter": record.older_id, "by_case": record.case_id})

    def unmerge(self, record: MergeRecord) -> None:
        """Mark this merge's copies as deleted, and put its originals in force again."""
        for free_originals, delete_copies in _UNMERGE:
            self._connection.execute(free_originals, {"of_voter": record.older_id, "by_case": record.case_id})
            self._connection.execute(delete_copies, {"of_voter": record.newer_id, "by_case": record.case_id})


def _selected(held: ChildTable) -> Select[Any]:
    columns = held.table.c
    own = (columns[held.key].label("child_id"), columns.state_voter_id, *(columns[name] for name in held.columns))
    marks = (*(columns[name] for name in _MARKS), columns.deleted_case_id)
    mine = select(*own, *marks).where(columns.state_voter_id.in_(listed())).order_by(columns[held.key])
    if held is TABLE_OF[Participation]:
        return mine.add_columns(election.c.is_federal).join_from(held.table, election, columns.election_id == election.c.election_id)
    return mine


def _child(held: ChildTable, row: Row[Any]) -> Child:
    content = held.content(row)
    return Child(row.child_id, row.state_voter_id, content, source_of(content, row.child_id), row.copied_from, row.merge_case_id, row.deleted_case_id)


def _unmerging(held: ChildTable) -> tuple[Update, Update]:
    columns = held.table.c
    not_its_copy = or_(columns.merge_case_id.is_(None), columns.merge_case_id != _BY_CASE)
    originals = update(held.table).where(columns.state_voter_id == _OF_VOTER, columns.deleted_case_id == _BY_CASE, not_its_copy)
    copies = update(held.table).where(columns.state_voter_id == _OF_VOTER, columns.merge_case_id == _BY_CASE)
    return originals.values(deleted_case_id=None), copies.values(deleted_case_id=_BY_CASE)


def _byte_count(characters: int, last_two: str) -> int:
    return characters // 4 * 3 - last_two.count("=")


_LENGTH: Final = func.length(document_content.c.content)
_SIZES: Final = select(
    document_content.c.sha256, _LENGTH.label("characters"), func.substr(document_content.c.content, _LENGTH - 1, 2, type_=String).label("last_two")
).where(document_content.c.sha256.in_(listed()))
_OF_VOTER: Final = bindparam("of_voter", type_=BigInteger)
_BY_CASE: Final = bindparam("by_case", type_=BigInteger)
_SELECTED: Final = {held.kind: _selected(held) for held in CHILD_TABLES}
_DELETE_ORIGINALS: Final = [
    update(held.table).where(held.table.c.state_voter_id == _OF_VOTER, held.table.c.deleted_case_id.is_(None)).values(deleted_case_id=_BY_CASE)
    for held in CHILD_TABLES
]
_UNMERGE: Final = [_unmerging(held) for held in CHILD_TABLES]
