"""Establishes that a file of records is whole before anything of it is applied (VRU-06, VRU-18, COA-01).

One pass over the bytes: digest, well-formedness (expat without handlers: 2 µs a record), encoding, no DOCTYPE, no
endless text, the number of records. A file can break after a million good records, so this comes first.
"""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

from votecal_soap.contract.record_files import RecordFileKind
from votecal_soap.errors import ErrorCode, InvalidRequest

BLOCK: Final = 1 << 20
_SLICE: Final = 64 << 10
"""Text without markup longer than this is refused: expat would hold one token whole in memory."""

_HEAD: Final = 64 << 10
_DEEPEST: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFileShape:
    """What the pass found. `first_record` and `after_records` are byte offsets; `record_end` is the end tag as written.

    `plain` says that the file may be cut at record ends: no comments, CDATA or instructions, and nothing between the records.
    """

    first_record: int
    after_records: int
    record_count: int
    record_end: bytes
    plain: bool


def check_digest(path: Path, sha256: str) -> None:
    """Compare the bytes received with the digest that the county announced."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256.lower():
        raise InvalidRequest(ErrorCode.FILE_DIGEST_WRONG, "The SHA-256 of the bytes received is not the one announced; send the file again.")


def check_integrity(path: Path, kind: RecordFileKind) -> BatchFileShape:
    """Read the whole file once; anything wrong raises InvalidRequest with the place."""
    scan = FileScan(kind)
    try:
        with path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                scan.feed(block)
        scan.close()
    except expat.ExpatError as error:
        if not _is_utf8(path):
            raise InvalidRequest(ErrorCode.FILE_ENCODING_WRONG, "The file is not valid UTF-8.", ref=f"line {error.lineno}") from error
        raise _not_well_formed(error, scan) from error
    return scan.shape()


def _not_well_formed(error: expat.ExpatError, scan: "FileScan") -> InvalidRequest:
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI]:
        text = "There is something before <?xml: the file must begin with it, without a blank or an empty line."
    else:
        text = f"The file is not well-formed XML: {expat.ErrorString(error.code)}."
    return InvalidRequest(ErrorCode.FILE_NOT_WELL_FORMED, text, ref=f"line {error.lineno}, after record {scan.seen}")


def _is_utf8(path: Path) -> bool:
    """Whether the bytes are what they must be: expat calls a wrong one an invalid token, like any other."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


class FileScan:
    """Feeds expat and counts. Element handlers are on only until the first record: they cost five times the parse.

    `first_record` is below zero and `record_end` empty until the first record has come.
    """

    def __init__(self, kind: RecordFileKind) -> None:
        """Stand before the first byte."""
        self._kind = kind
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.XmlDeclHandler = _declaration
        self._parser.StartDoctypeDeclHandler = _doctype
        self._parser.StartElementHandler = self._start
        self._depth = 0
        self._parser.EndElementHandler = self._end
        self._offset = 0
        self.first_record = -1
        self.record_end = b""
        self._after_records = -1
        self._carry = b""
        self._silence = 0
        self._since_end = 0
        self._pair: bytes | None = None
        self._joined = 0
        self._begins_with_trailer = False
        self._plain = True
        self.seen = 0

    def feed(self, block: bytes) -> None:
        """Take the next bytes; what is wrong with them raises ExpatError or InvalidRequest."""
        if self._offset == 0 and block[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise InvalidRequest(ErrorCode.FILE_ENCODING_WRONG, "The file must be UTF-8, and this is UTF-16.")
        self._refuse_long_text(block)
        self._parse(block)
        if self.first_record >= 0:
            self._count(block)
        self._offset += len(block)

    def _parse(self, block: bytes) -> None:
        """Feed expat; while the head lasts in small pieces, so that an endless head is not read."""
        start = 0
        while self.first_record < 0 and start < len(block):
            if self._offset + start > _HEAD:
                text = f"No {self._kind.record} within the first {_HEAD} bytes."
                raise InvalidRequest(ErrorCode.FILE_HEADER_WRONG, text, ref=f"/{self._kind.root}/Header")
            self._parser.Parse(block[start : start + _SLICE], False)
            start += _SLICE
        if start < len(block):
            self._parser.Parse(block[start:] if start else block, False)

    def close(self) -> None:
        """Say that the document ends here."""
        self._parser.Parse(b"", True)

    def shape(self) -> BatchFileShape:
        """What the pass found."""
        if self.first_record < 0:
            text = f"The file must hold a Header, {self._kind.record} elements and a Trailer."
            raise InvalidRequest(ErrorCode.FILE_HEADER_WRONG, text, ref=f"/{self._kind.root}")
        found = self._after_records >= 0
        return BatchFileShape(
            first_record=self.first_record,
            after_records=max(self._after_records, self.first_record),
            record_count=self.seen + found,
            record_end=self.record_end,
            plain=self._plain and (self._joined == self.seen) and found != self._begins_with_trailer,
        )

    def _start(self, name: str, _attributes: object) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            text = f"Elements of the head are nested more than {_DEEPEST} deep."
            raise InvalidRequest(ErrorCode.FILE_HEADER_WRONG, text, ref=f"/{self._kind.root}/Header")
        if self._depth == 1 and "{" + name != self._kind.root_tag:
            raise InvalidRequest(ErrorCode.FILE_HEADER_WRONG, f"The root element must be {self._kind.root} of this schema version.", ref="/*")
        if self._depth == 2 and "{" + name in (self._kind.record_tag, self._kind.trailer_tag):
            self.first_record = self._parser.CurrentByteIndex
            self._begins_with_trailer = "{" + name == self._kind.trailer_tag
            self._parser.StartElementHandler = None
            self._parser.EndElementHandler = None

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _count(self, block: bytes) -> None:
        """Count end tags, and those that the next record follows at once: nothing else may stand between records.

        The last end tag of a window is left to the next one, with what follows it.
        """
        start = self._offset - len(self._carry)
        window = self._carry + block
        if start < self.first_record:
            window, start = window[self.first_record - start :], self.first_record
        if not self.record_end:
            self.record_end = b"</" + _tag(window, self._kind.record.encode()) + b">"
        # The single sign first: it is rare, and looking for one byte costs a tenth of looking for two.
        if self._plain and ((b"!" in window and b"<!" in window) or (b"?" in window and b"<?" in window)):
            self._plain = False
        end, last = self.record_end, window.rfind(self.record_end)
        self._since_end = self._since_end + len(block) if last < 0 else len(window) - last
        if self._since_end > 2 * BLOCK:
            raise InvalidRequest(ErrorCode.FILE_RECORD_TOO_LARGE, f"A record is longer than {BLOCK} bytes.", ref=f"after record {self.seen}")
        if last < 0:
            self._carry = window[-len(end) :]
            return
        if self._pair is None:
            self._pair = _pair(window, end)
        self._after_records = start + last + len(end)
        self.seen += window.count(end, 0, last + len(end) - 1)
        if self._pair is not None:
            self._joined += window.count(self._pair, 0, last + len(self._pair) - 1)
        self._carry = window[last:]

    def _refuse_long_text(self, block: bytes) -> None:
        for start in range(0, len(block), _SLICE):
            if block.find(b"<", start, start + _SLICE) >= 0:
                self._silence = 0
                continue
            self._silence += 1
            if self._silence > 1:
                text = f"More than {_SLICE} bytes without an element: no field is so long."
                raise InvalidRequest(ErrorCode.FILE_RECORD_TOO_LARGE, text, ref=f"after record {self.seen}")


def _pair(window: bytes, end: bytes) -> bytes | None:
    """An end tag, the blanks that this file has between records, and the next start tag; None while there is no next."""
    rest = window[window.find(end) + len(end) :]
    blanks, found, _ = rest.partition(b"<")
    return end + blanks + b"<" + end[2:-1] if found and not blanks.strip() else None


def _tag(window: bytes, record: bytes) -> bytes:
    """The name in a start tag at the beginning of the window, prefix included; a Trailer's gives the record's."""
    name = window[1:].split(b">", 1)[0].split(None, 1)[0].rstrip(b"/")
    prefix, colon, _ = name.rpartition(b":")
    return prefix + colon + record


def _declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.upper() not in ("UTF-8", "UTF8"):
        raise InvalidRequest(ErrorCode.FILE_ENCODING_WRONG, "The file must be UTF-8.", ref="<?xml encoding>")


def _doctype(*_arguments: object) -> None:
    raise InvalidRequest(ErrorCode.FILE_DOCTYPE_FORBIDDEN, "A DOCTYPE and entities are not allowed in a file.")
