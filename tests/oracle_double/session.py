"""A session's calls, one after the other."""

from collections.abc import Callable
from typing import Final

from oracle_double.cursors import Cursor, Cursors
from oracle_double.execute_calls import read_execute, read_reexecute
from oracle_double.h2 import Database
from oracle_double.packets import Packets
from oracle_double.replies import status
from oracle_double.wire import Reader, Writer

_CALL: Final = 3
_PIGGYBACK: Final = 17
_CLOSE_CURSORS: Final = 105
_EXECUTE: Final = 94
_REEXECUTE: Final = 4
_REEXECUTE_AND_FETCH: Final = 78
_FETCH: Final = 5
_COMMIT: Final = 14
_ROLLBACK: Final = 15
_PING: Final = 147
_LOG_OFF: Final = 9


class Session:
    """Serves one connection."""

    def __init__(self, packets: Packets, database: Database) -> None:
        """Serve these packets from this database."""
        self._packets = packets
        self._database = database
        self._cursors = Cursors(database)
        self._calls: dict[int, Callable[[Reader], None]] = {
            _EXECUTE: self._execute,
            _REEXECUTE: lambda reader: self._reexecute(reader, fetch=False),
            _REEXECUTE_AND_FETCH: lambda reader: self._reexecute(reader, fetch=True),
            _FETCH: self._fetch,
            _COMMIT: lambda _: self._end(self._database.commit),
            _ROLLBACK: lambda _: self._end(self._database.rollback),
            _PING: lambda _: self._done(),
            _LOG_OFF: lambda _: self._done(),
        }

    def serve(self) -> None:
        """Answer calls until the client logs off or goes away."""
        function = None
        while function != _LOG_OFF:
            reader = Reader(self._packets.read_data(), self._packets.read_data)
            function = self._function(reader)
            self._calls[function](reader)

    def _function(self, reader: Reader) -> int:
        """The function that is called; what rides before it is done on the way."""
        while True:
            kind, function, _ = reader.raw(3)
            if kind == _CALL and function in self._calls:
                return function
            if (kind, function) != (_PIGGYBACK, _CLOSE_CURSORS):
                raise NotImplementedError(f"message {kind}, function {function}")
            reader.skip_bytes(1)
            for _ in range(reader.number()):
                self._cursors.close(reader.number())

    def _execute(self, reader: Reader) -> None:
        call = read_execute(reader, self._cursors)
        self._answer(call.cursor.redefine(call) if call.defines else call.cursor.execute(call, describe=True))

    def _reexecute(self, reader: Reader, *, fetch: bool) -> None:
        call = read_reexecute(reader, self._cursors, fetch=fetch)
        self._answer(call.cursor.execute(call, describe=False))

    def _fetch(self, reader: Reader) -> None:
        cursor: Cursor = self._cursors[reader.number()]
        self._answer(cursor.fetch(Writer(), reader.number()))

    def _end(self, how: Callable[[], None]) -> None:
        how()
        self._cursors.in_transaction = False
        self._done()

    def _done(self) -> None:
        self._answer(status(Writer(), in_transaction=self._cursors.in_transaction))

    def _answer(self, writer: Writer) -> None:
        self._packets.write_data(writer.data)
