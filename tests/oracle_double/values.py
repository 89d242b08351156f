"""Values as they travel: Oracle's NUMBER, DATE and TIMESTAMP, texts and bytes."""

import struct
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

VARCHAR: Final = 1
NUMBER: Final = 2
LONG: Final = 8
DATE: Final = 12
RAW: Final = 23
LONG_RAW: Final = 24
CHAR: Final = 96
BINARY_DOUBLE: Final = 101
CLOB: Final = 112
BLOB: Final = 113
TIMESTAMP: Final = 180
TIMESTAMP_TZ: Final = 181

TEXTS: Final = frozenset({VARCHAR, LONG, CHAR})
LOBS: Final = frozenset({CLOB, BLOB})
_NATIONAL: Final = 2
_CENTURY: Final = 100
_EXPONENT_ZERO: Final = 193
_NEGATIVE_END: Final = b"\x66"

Value = str | int | Decimal | float | datetime | bytes | None


def encode_number(value: int | Decimal) -> bytes:
    """Base-100 digits after a byte for sign and exponent; negative ones are complemented, so that bytes sort as numbers do."""
    sign, digits, exponent = Decimal(value).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0") + "0" * max(exponent, 0)
    point = len(text) + min(exponent, 0)
    if not text.strip("0"):
        return b"\x80"
    text = ("0" if point % 2 else "") + text
    point += point % 2
    text = (text + ("0" if len(text) % 2 else "")).rstrip("0")
    text += "0" if len(text) % 2 else ""
    pairs = [int(text[begin : begin + 2]) for begin in range(0, len(text), 2)][:20]
    first = point // 2 + _EXPONENT_ZERO - 1
    if not sign:
        return bytes([first, *(pair + 1 for pair in pairs)])
    return bytes([~first & 0xFF, *(101 - pair for pair in pairs)]) + (_NEGATIVE_END if len(pairs) < 20 else b"")


def decode_number(data: bytes) -> int | Decimal:
    """The other way."""
    positive = bool(data[0] & 0x80)
    pairs = data[1:]
    if not pairs:
        return 0
    if not positive and pairs.endswith(_NEGATIVE_END):
        pairs = pairs[:-1]
    value = 0
    for pair in pairs:
        value = value * 100 + (pair - 1 if positive else 101 - pair)
    exponent = (data[0] if positive else ~data[0] & 0xFF) - _EXPONENT_ZERO - (len(pairs) - 1)
    number = value * 100**exponent if exponent >= 0 else Decimal(value).scaleb(2 * exponent)
    number = number if positive else -number
    return int(number) if number == int(number) else number


@lru_cache(4096)
def encode_instant(value: datetime, size: int) -> bytes:
    """Seven bytes, then the nanoseconds, then the zone, as many as the type has."""
    day = (value.year // 100 + _CENTURY, value.year % 100 + _CENTURY, value.month, value.day)
    return (bytes([*day, value.hour + 1, value.minute + 1, value.second + 1]) + struct.pack(">I", value.microsecond * 1000) + bytes([20, 60]))[:size]


def decode_instant(data: bytes) -> datetime:
    """The other way; nanoseconds that Python has no place for are cut."""
    nanoseconds = struct.unpack(">I", data[7:11])[0] if len(data) >= 11 else 0
    year = (data[0] - _CENTURY) * 100 + data[1] - _CENTURY
    return datetime(year, data[2], data[3], data[4] - 1, data[5] - 1, data[6] - 1, nanoseconds // 1000)  # noqa: DTZ001 - Oracle's TIMESTAMP has no zone


def _encode_double(value: float) -> bytes:
    data = bytearray(struct.pack(">d", value))
    return bytes(~byte & 0xFF for byte in data) if data[0] & 0x80 else bytes([data[0] | 0x80]) + bytes(data[1:])


def _decode_double(data: bytes) -> float:
    plain = bytes([data[0] & 0x7F]) + data[1:] if data[0] & 0x80 else bytes(~byte & 0xFF for byte in data)
    return float(struct.unpack(">d", plain)[0])


_INSTANT_SIZES: Final = {DATE: 7, TIMESTAMP: 11, TIMESTAMP_TZ: 13}


def decode(data: bytes | None, kind: int, character_form: int) -> Value:
    """A bind value of a type."""
    if data is None:
        return None
    if kind in TEXTS:
        return data.decode("utf-16-be" if character_form == _NATIONAL else "utf-8")
    if kind in _INSTANT_SIZES:
        return decode_instant(data)
    if kind in (RAW, LONG_RAW):
        return data
    if kind == NUMBER:
        return decode_number(data)
    if kind == BINARY_DOUBLE:
        return _decode_double(data)
    raise ValueError(f"binds of type {kind} are not served")


def encoder(kind: int, character_form: int) -> Callable[[Value], bytes | None]:
    """What makes bytes of a column's values, which H2 gives as text."""
    if kind in TEXTS:
        encoding = "utf-16-be" if character_form == _NATIONAL else "utf-8"
        return lambda value: None if value is None else str(value).encode(encoding)
    if kind in _INSTANT_SIZES:
        size = _INSTANT_SIZES[kind]
        return lambda value: None if value is None else encode_instant(_instant(str(value)), size)
    if kind == NUMBER:
        return lambda value: None if value is None else _encode_text_number(str(value))
    if kind == BINARY_DOUBLE:
        return lambda value: None if value is None else _encode_double(float(str(value)))
    if kind in (RAW, LONG_RAW):
        return lambda value: None if value is None else bytes.fromhex(str(value))
    raise ValueError(f"columns of type {kind} are not served")


@lru_cache(4096)
def _encode_text_number(text: str) -> bytes:
    return encode_number(Decimal(text))


@lru_cache(4096)
def _instant(text: str) -> datetime:
    """H2's text of a time; of one with a zone the zone is dropped, as the driver drops it."""
    whole, _, fraction = text.partition(".")
    digits = "".join(character for character in fraction.split("+")[0].split("-")[0] if character.isdigit())
    return datetime.fromisoformat(whole[:19]).replace(microsecond=int(digits[:6].ljust(6, "0")))
