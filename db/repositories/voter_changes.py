"""Writes changed voters: few statements for many rows, each row only if it is still as it was read (VRU-10)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection

from db.bulk import BulkWriter, columns_of
from db.repositories.match_keys import keep_match_rows
from db.repositories.merged_match_rows import follow_merges
from db.repositories.voter_versions import copy_versions
from db.tables import voter
from votecal_soap.domain.voters import FIELD_INDEX
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import VoterChange

_KEYS: Final = ("state_voter_id", "version", "message_sequence")
"""A row that another transaction changed or announced has another version or message sequence."""

_ALWAYS_SET: Final = ("version", "effective_date", "message_sequence")

_OWN_STATEMENT: Final = 100
"""A set of changed columns with fewer rows than this is written together with others like it."""


def save_changes(connection: Connection, bulk: BulkWriter, changes: Sequence[VoterChange], recorded_at: datetime, job_id: int | None) -> None:
    """Update the current rows, and keep a version of each whose number rose."""
    for turn in _turns(changes):
        for names, group in _groups(turn):
            _update(bulk, names, group, recorded_at)
        raised = [after.state_voter_id for before, after, _ in turn if after.version > before.version]
        copy_versions(connection, raised, recorded_at, job_id)
    keep_match_rows(connection, bulk, changes)
    follow_merges(connection, bulk, changes)


def _turns(changes: Sequence[VoterChange]) -> Iterator[list[VoterChange]]:
    """Changes by UID, which is the order on disk; a voter's second change comes in a second turn."""
    pending = sorted(changes, key=lambda change: change.after.state_voter_id)
    while pending:
        turn: dict[int, VoterChange] = {}
        later = [change for change in pending if turn.setdefault(change.after.state_voter_id, change) is not change]
        yield list(turn.values())
        pending = later


def _groups(turn: Iterable[VoterChange]) -> Iterator[tuple[tuple[str, ...], list[VoterChange]]]:
    """Changes of the same columns; small groups are joined, for a column that did not change may be written again."""
    groups: defaultdict[tuple[str, ...], list[VoterChange]] = defaultdict(list)
    for change in turn:
        groups[change.changed].append(change)
    small = [names for names, group in groups.items() if len(group) < _OWN_STATEMENT]
    if small:
        joined = [change for names in small for change in groups.pop(names)]
        yield tuple({name for names in small for name in names}), joined
    yield from groups.items()


def _update(bulk: BulkWriter, names: tuple[str, ...], group: Sequence[VoterChange], recorded_at: datetime) -> None:
    written = sorted({*names, *_ALWAYS_SET} - {"state_voter_id"}, key=FIELD_INDEX.__getitem__)
    keys = columns_of(_KEYS, [_KEY_VALUES(change.before) for change in group])
    after = itemgetter(*(FIELD_INDEX[name] for name in written))
    columns = columns_of(written, [after(change.after) for change in group])
    if bulk.update(voter, keys, columns, {"updated_at": recorded_at}) != len(group):
        raise Conflict(ErrorCode.RECORD_CHANGED, "A voter's record has changed since it was read.")


_KEY_VALUES: Final = itemgetter(*(FIELD_INDEX[name] for name in _KEYS))
