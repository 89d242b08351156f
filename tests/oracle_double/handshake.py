"""How a connection begins: accept it, then agree on the protocol and on data types."""

import re
import struct
from typing import Final

from oracle_double.packets import ACCEPT, CONNECT, Packets
from oracle_double.wire import Reader, Writer

_PROTOCOL: Final = 317
"""Below the version from which clients test out-of-band breaks."""

_FIELD_VERSION: Final = 12
"""The layout of messages that Oracle 19.1 speaks."""

_AL32UTF8: Final = 873
_CONNECT_DATA_AT: Final = 66


def accept(packets: Packets) -> str:
    """Accept the connection; the service name that the client asks for."""
    wanted = _connect_data(packets)
    body = struct.pack(">HH", _PROTOCOL, 0) + bytes(20) + struct.pack(">I", packets.largest)
    packets.write(ACCEPT, body)
    packets.long_lengths = True
    _agree_on_protocol(packets)
    _agree_on_types(packets)
    named = re.search(r"SERVICE_NAME\s*=\s*(\w+)", wanted, re.IGNORECASE)
    return named.group(1) if named else "double"


def _connect_data(packets: Packets) -> str:
    kind, body = packets.read()
    if kind != CONNECT:
        raise ConnectionError(f"a packet of type {kind} came first")
    size = struct.unpack(">H", body[16:18])[0]
    data = body[_CONNECT_DATA_AT:]
    if len(data) < size:
        data = packets.read_data()  # a long description comes in a packet of its own
    return data.decode("ascii", "replace")


def _agree_on_protocol(packets: Packets) -> None:
    reader = Reader(packets.read_data(), packets.read_data)
    reader.skip_bytes(3)
    while reader.byte():
        pass  # the driver's name
    compile_time = bytearray(55)
    compile_time[7] = _FIELD_VERSION
    run_time = bytearray(11)
    run_time[6] = 4  # values of 32,767 bytes
    charsets = bytes(9) + struct.pack(">H", 2000)  # the national character set is AL16UTF16
    answer = Writer().octets(1, 6, 0).raw(b"A test double on H2, not an Oracle Database\0")
    answer.raw(struct.pack("<H", _AL32UTF8)).octets(1).raw(struct.pack("<H", 0))
    answer.raw(struct.pack(">H", len(charsets))).raw(charsets).value(bytes(compile_time)).value(bytes(run_time))
    packets.write_data(answer.data)


def _agree_on_types(packets: Packets) -> None:
    reader = Reader(packets.read_data(), packets.read_data)
    reader.skip_bytes(6)
    reader.value()
    reader.value()
    while reader.raw(2) != b"\0\0":
        reader.skip_bytes(6)
    packets.write_data(Writer().octets(2, 0, 0).data)
