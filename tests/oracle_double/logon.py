"""Logon by password: both sides prove that they know it, and it is never sent (the verifier of Oracle 11g)."""

import hashlib
import re
import secrets
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from oracle_double.errors import OracleError
from oracle_double.h2 import Database
from oracle_double.packets import Packets
from oracle_double.replies import error, status
from oracle_double.wire import Reader, Writer

USER: Final = "APP"
PASSWORD: Final = "secret"

_FIRST_PHASE: Final = 118
_SECOND_PHASE: Final = 115
_VERIFIER_11G: Final = 0x1B25
_RELEASE: Final = (19 << 24) | (3 << 16)
_ABOUT: Final = {
    "AUTH_VERSION_NO": str(_RELEASE),
    "AUTH_SESSION_ID": "1",
    "AUTH_SERIAL_NUM": "1",
    "AUTH_SC_SERVICE_NAME": "double",
    "AUTH_INSTANCENAME": "double",
    "AUTH_MAX_OPEN_CURSORS": "300",
    "AUTH_MAX_IDEN_LENGTH": "128",
}


def log_on(packets: Packets, service: str) -> Database:
    """Check the password; the service's database, in the session time zone that the client wants."""
    user, _ = _request(packets, _FIRST_PHASE)
    salt, ours = secrets.token_bytes(10), secrets.token_bytes(48)
    verifier = hashlib.sha1(PASSWORD.encode() + salt, usedforsecurity=False).digest() + bytes(4)
    keys = {"AUTH_SESSKEY": _aes(verifier, ours).hex().upper(), "AUTH_VFR_DATA": salt.hex().upper()}
    packets.write_data(status(_parameters(keys, {"AUTH_VFR_DATA": _VERIFIER_11G}), in_transaction=False).data)
    _, told = _request(packets, _SECOND_PHASE)
    key = _session_key(ours, _aes(verifier, bytes.fromhex(told["AUTH_SESSKEY"]), decrypt=True))
    if user.upper() != USER or _password(key, told["AUTH_PASSWORD"]) != PASSWORD:
        refused = OracleError(1017, "invalid username/password; logon denied")
        packets.write_data(error(Writer(), refused, in_transaction=False).data)
        raise ConnectionError("the password is wrong")
    database = Database(service)
    zone = re.search(r"TIME_ZONE\s*=\s*'([^']+)'", told.get("AUTH_ALTER_SESSION", ""))
    database.set_time_zone(zone.group(1) if zone else "+00:00")
    proof = _aes(key, _padded(secrets.token_bytes(16) + b"SERVER_TO_CLIENT"))
    packets.write_data(status(_parameters({"AUTH_SVR_RESPONSE": proof.hex().upper(), **_ABOUT}, {}), in_transaction=False).data)
    return database


def _request(packets: Packets, function: int) -> tuple[str, dict[str, str]]:
    """The user's name and what the client tells by name."""
    reader = Reader(packets.read_data(), packets.read_data)
    if reader.raw(2) != bytes([3, function]):
        raise ConnectionError("no logon came")
    reader.skip_bytes(1)
    has_user = reader.byte()
    reader.skip_numbers(2)
    reader.skip_bytes(1)
    count = reader.number()
    reader.skip_bytes(2)
    user = (reader.value() or b"").decode() if has_user else ""
    told = {}
    for _ in range(count):
        name, value = reader.sized_value(), reader.sized_value()
        reader.skip_numbers(1)
        told[name.decode()] = value.decode("latin-1")
    return user, told


def _parameters(values: dict[str, str], flags: dict[str, int]) -> Writer:
    writer = Writer().octets(8).numbers(len(values))
    for name, value in values.items():
        writer.sized_value(name.encode()).sized_value(value.encode()).numbers(flags.get(name, 0))
    return writer


def _session_key(ours: bytes, theirs: bytes) -> bytes:
    mixed = bytes(one ^ other for one, other in zip(ours[16:40], theirs[16:40], strict=True))
    halves = (hashlib.md5(part, usedforsecurity=False).digest() for part in (mixed[:16], mixed[16:]))
    return b"".join(halves)[:24]


def _password(key: bytes, sent: str) -> str:
    plain = _aes(key, bytes.fromhex(sent), decrypt=True)[16:]
    return plain[: -plain[-1]].decode("utf-8", "replace")


def _aes(key: bytes, data: bytes, *, decrypt: bool = False) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16)))
    working = cipher.decryptor() if decrypt else cipher.encryptor()
    return working.update(data) + working.finalize()


def _padded(data: bytes) -> bytes:
    missing = 16 - len(data) % 16
    return data + bytes([missing]) * missing
