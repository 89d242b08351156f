"""Write the Voter Record Update Batch File, and the file of an initial load, as a stream (VRU-05).

The values are the county's own, in the order of `xsd/voter-record-update-batch.xsd`. Strings are built, not trees:
a county sends a million records, and a tree an element costs ten times as much.
"""

import gzip
import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Final, NamedTuple

from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH
from votecal_soap.contract.whole_files import whole_file
from votecal_soap.domain.batches import BatchHeader
from votecal_soap.domain.uploads import Compression
from votecal_soap.domain.voters import VotingPrecinct

NAMESPACE: Final = VOTER_RECORD_UPDATE_BATCH.namespace
RECORDS_AT_ONCE: Final = 2_000
"""Records joined before they are encoded and written: beyond this nothing is gained."""

IsoDate = date | str
"""A date, or its ISO form as a county's database keeps it."""


class WireName(NamedTuple):
    """A name, replaced whole; a part that is None is left out."""

    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    prefix: str | None = None
    suffix: str | None = None


class WireResidenceAddress(NamedTuple):
    """A residence address, replaced whole."""

    house_number: str | None = None
    house_number_suffix: str | None = None
    street_pre_direction: str | None = None
    street_name: str | None = None
    street_type: str | None = None
    street_post_direction: str | None = None
    unit_type: str | None = None
    unit_number: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None


class WireMailingAddress(NamedTuple):
    """A mailing address, replaced whole; one without any part clears it."""

    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    country: str | None = None


class WireHomePrecinct(NamedTuple):
    """The precinct of the residence, replaced whole; one without any part clears it."""

    precinct_code: str | None = None
    precinct_part: str | None = None


class WireRegistration(NamedTuple):
    """Registration data. None leaves the state's value as it is; an empty text clears it."""

    name: WireName | None = None
    date_of_birth: IsoDate | None = None
    drivers_license: str | None = None
    ssn4: str | None = None
    gender: str | None = None
    language: str | None = None
    party: str | None = None
    phone: str | None = None
    email: str | None = None
    residence_address: WireResidenceAddress | None = None
    mailing_address: WireMailingAddress | None = None
    home_precinct: WireHomePrecinct | None = None
    registration_date: IsoDate | None = None
    status: str | None = None
    status_reason: str | None = None


class WireRecord(NamedTuple):
    """A record as a county sends it: one id at least, and registration data, a voting precinct, or both (VRU-04).

    The sequence number is the writer's. Named tuple for speed, as with `Voter`.
    """

    state_voter_id: int | str | None = None
    ems_voter_id: str | None = None
    base_version: int | None = None
    effective_date: IsoDate | None = None
    registration: WireRegistration | None = None
    voting_precinct: VotingPrecinct | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile:
    """A file that is complete on disk. Size and SHA-256 are of the bytes to send, so after compression."""

    path: Path
    byte_count: int
    sha256: str
    record_count: int
    compression: Compression


def write_batch_file(path: Path, header: BatchHeader, records: Iterable[WireRecord], *, compression: Compression = Compression.NONE) -> BatchFile:
    """Write header, records and trailer; the file has its name only when it is whole and on the disk."""
    with whole_file(path) as raw, _packed(raw, compression, path.name) as stream:
        record_count = _write(stream, header, records)
    return describe_batch_file(path, record_count, compression)


def describe_batch_file(path: Path, record_count: int, compression: Compression) -> BatchFile:
    """Measure a file that is complete: the digest is of what the disk holds."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return BatchFile(path=path, byte_count=file.tell(), sha256=digest, record_count=record_count, compression=compression)


def _packed(raw: IO[bytes], compression: Compression, name: str) -> AbstractContextManager[IO[bytes]]:
    if compression is Compression.GZIP:
        return _gzip_member(raw)
    if compression is Compression.ZIP:
        return _zip_member(raw, f"{name}.xml")
    return nullcontext(raw)


@contextmanager
def _gzip_member(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    # Level 6 halves the speed of the whole writer for a tenth fewer bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=1, mtime=0) as member:
        yield member  # type: ignore[misc] # GzipFile writes like any binary file


@contextmanager
def _zip_member(raw: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(raw, "w", compresslevel=1) as archive, archive.open(entry, "w", force_zip64=True) as member:
        yield member


def _write(stream: IO[bytes], header: BatchHeader, records: Iterable[WireRecord]) -> int:
    stream.write(_head(header).encode())
    count = 0
    rest = iter(records)
    render = _RecordWriter().render
    while block := list(islice(rest, RECORDS_AT_ONCE)):
        stream.write("".join(map(render, range(count + 1, count + 1 + len(block)), block)).encode())
        count += len(block)
    stream.write(f"<Trailer><RecordCount>{count}</RecordCount></Trailer>\n</VoterRecordUpdateBatch>\n".encode())
    return count


def _head(header: BatchHeader) -> str:
    names = ("CountyCode", "BatchType", "JobId", "SchemaVersion", "CreatedAt", "VendorApplicationId")
    parts = (f"<{name}>{_escaped(str(value))}</{name}>" for name, value in zip(names, header, strict=True) if value is not None)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<VoterRecordUpdateBatch xmlns="{NAMESPACE}">\n<Header>{"".join(parts)}</Header>\n'


class _RecordWriter:
    """Fills one template per shape of record, a shape being which values and groups are present.

    The records of a file are alike, so few shapes occur, and a template takes two thirds of the time of joining elements.
    """

    __slots__ = ("_templates",)

    def __init__(self) -> None:
        self._templates: dict[tuple[bool, ...], str] = {}

    def render(self, sequence: int, record: WireRecord) -> str:
        state_id, ems_id, version, effective, registration, voting = record
        name, born, licence, ssn4, gender, language, party, phone, email, home, mail, precinct, registered, status, reason = registration or _NO_REGISTRATION
        values = (
            *(state_id, ems_id, version, effective, *(name or _NO_NAME), born, licence, ssn4, gender, language, party, phone, email),
            *(*(home or _NO_RESIDENCE), *(mail or _NO_MAILING), *(precinct or _NO_PRECINCT), registered, status, reason, *(voting or _NO_VOTING)),
        )
        present = [value for value in values if value is not None]
        if not _is_plain("".join([value for value in present if isinstance(value, str)])):
            present = [_escaped(str(value)) for value in present]
        groups = (registration is None, name is None, home is None, mail is None, precinct is None, voting is None)
        shape = (*groups, *[value is None for value in values])
        template = self._templates.get(shape)
        if template is None:
            template = self._templates[shape] = _template(shape)
        return template % (sequence, *present)


def _template(shape: tuple[bool, ...]) -> str:
    no_registration, no_name, no_residence, no_mailing, no_precinct, no_voting = shape[:6]
    absent = iter(shape[6:])

    def elements(names: str) -> str:
        # The names first: zip takes from the second only what it has a name for.
        return "".join(f"<{name}>%s</{name}>" for name, missing in zip(names.split(), absent, strict=False) if not missing)

    def group(element: str, names: str, missing: bool) -> str:
        inner = elements(names)
        return "" if missing else f"<{element}>{inner}</{element}>"

    ids = elements("StateVoterId EmsVoterId BaseVersion EffectiveDate")
    registration = "".join(
        (
            group("Name", "FirstName LastName MiddleName Prefix Suffix", no_name),
            elements("DateOfBirth DriversLicense Ssn4 Gender Language Party Phone Email"),
            group("ResidenceAddress", f"{_STREET} UnitType UnitNumber City State ZipCode", no_residence),
            group("MailingAddress", "AddressLine1 AddressLine2 AddressLine3 City State ZipCode Country", no_mailing),
            group("HomePrecinct", "PrecinctCode PrecinctPart", no_precinct),
            elements("RegistrationDate Status StatusReason"),
        )
    )
    voting = group("VotingPrecinct", "ElectionId PrecinctCode PrecinctPart", no_voting)
    wrapped = "" if no_registration else f"<Registration>{registration}</Registration>"
    return f'<Record sequence="%s">{ids}{wrapped}{voting}</Record>\n'


_STREET: Final = "HouseNumber HouseNumberSuffix StreetPreDirection StreetName StreetType StreetPostDirection"
_NO_REGISTRATION: Final = WireRegistration()
_NO_NAME: Final = WireName()
_NO_RESIDENCE: Final = WireResidenceAddress()
_NO_MAILING: Final = WireMailingAddress()
_NO_PRECINCT: Final = WireHomePrecinct()
_NO_VOTING: Final = (None, None, None)
_NOT_XML: Final = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _is_plain(text: str) -> bool:
    return text.isprintable() and "&" not in text and "<" not in text and ">" not in text


def _escaped(text: str) -> str:
    """XML text. A character that XML cannot carry becomes U+FFFD: that record then fails a rule, not the whole file."""
    if _is_plain(text):
        return text
    text = _NOT_XML.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
