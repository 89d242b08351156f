"""The envelope of a file of records that is well-formed: its Header, its Trailer, and nothing else around the records (VRU-18, COA-01)."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from lxml import etree

from votecal_soap.contract.batch_integrity import BatchFileShape
from votecal_soap.contract.batch_schema import block_schema
from votecal_soap.contract.parser import HARDENED
from votecal_soap.contract.record_files import RecordFileKind
from votecal_soap.errors import ErrorCode, InvalidRequest

_COUNT: Final = re.compile("[0-9]{1,10}")


class BlockTags(NamedTuple):
    """The tags between which a cut block of a file's records is well-formed."""

    opening: bytes
    closing: bytes


def open_header(path: Path, shape: BatchFileShape, kind: RecordFileKind) -> tuple[etree._Element, BlockTags]:
    """Read what stands before the first record; a header that breaks the schema raises InvalidRequest."""
    with path.open("rb") as file:
        head = file.read(shape.first_record)
    prefix = shape.record_end[2:-1].removesuffix(kind.record.encode())
    try:
        root = etree.fromstring(head + b"</" + prefix + kind.root.encode() + b">", etree.XMLParser(**HARDENED))
    except etree.XMLSyntaxError as error:
        raise _header_wrong(kind) from error
    if root.tag != kind.root_tag or [child.tag for child in root] != [kind.header_tag] or _has_text(root) or not block_schema(kind).validate(_alone(root[0])):
        raise _header_wrong(kind)
    block = prefix + b"RecordBlock"
    declarations = b"".join(_declaration(name, uri) for name, uri in root.nsmap.items())
    return root[0], BlockTags(b"<" + block + declarations + b">", b"</" + block + b">")


def check_trailer(path: Path, shape: BatchFileShape, tags: BlockTags, kind: RecordFileKind) -> None:
    """Compare the Trailer's count with the records found."""
    with path.open("rb") as file:
        file.seek(shape.after_records)
        rest = file.read(1 << 16)
    opening = tags.opening.replace(b"RecordBlock", kind.root.encode(), 1)
    try:
        root = etree.fromstring(opening + rest, etree.XMLParser(**HARDENED))
    except etree.XMLSyntaxError as error:
        raise _trailer_wrong(kind) from error
    if [child.tag for child in root] != [kind.trailer_tag] or _has_text(root):
        raise _trailer_wrong(kind)
    _compare_count(_said(root[0], kind), shape.record_count, kind)


def survey(path: Path, kind: RecordFileKind) -> int:
    """Count the records of a file that may not be cut (comments, CDATA, odd end tags), and check its Trailer: slow and exact."""
    count = 0
    root = trailer = None
    try:
        with path.open("rb") as file:
            for _, element in etree.iterparse(file, tag=(kind.record_tag, kind.trailer_tag), **HARDENED):
                parent = element.getparent()
                if parent is None or parent.tag != kind.root_tag:
                    continue
                root, trailer = parent, _alone(element) if element.tag == kind.trailer_tag else None
                _forget_before(element, root, kind, first=count == 0)
                count += element.tag == kind.record_tag
    except etree.XMLSyntaxError as error:
        text = "Elements are nested too deep, or a text is too long."
        raise InvalidRequest(ErrorCode.FILE_NOT_WELL_FORMED, text, ref=f"after record {count}") from error
    if root is None or trailer is None or [child.tag for child in root] != [kind.trailer_tag] or _has_text(root):
        raise _trailer_wrong(kind)
    _compare_count(_said(trailer, kind), count, kind)
    return count


def surveyed(path: Path, shape: BatchFileShape, tags: BlockTags, kind: RecordFileKind) -> BatchFileShape:
    """The shape with the number of its records for certain, after the Trailer was held against it."""
    if shape.plain:
        try:
            check_trailer(path, shape, tags, kind)
        except InvalidRequest:
            pass  # an odd end tag, or one inside a record, miscounts: the parser decides
        else:
            return shape
    return replace(shape, record_count=survey(path, kind), plain=False)


def _alone(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _declaration(prefix: str | None, uri: str) -> bytes:
    name = f"xmlns:{prefix}" if prefix else "xmlns"
    return f' {name}="{uri}"'.encode()


def _forget_before(element: etree._Element, parent: etree._Element, kind: RecordFileKind, *, first: bool) -> None:
    """Free what was read; before the first record stands the Header, before the others a record, and no text anywhere."""
    if _has_text(parent):
        raise _trailer_wrong(kind)
    while element.getprevious() is not None:
        if parent[0].tag != (kind.header_tag if first else kind.record_tag):
            raise _trailer_wrong(kind)
        del parent[0]
    element.clear()


def _has_text(parent: etree._Element) -> bool:
    return any((text or "").strip() for text in (parent.text, *(child.tail for child in parent)))


def _said(trailer: etree._Element, kind: RecordFileKind) -> int:
    count = (trailer.findtext(kind.record_count_tag) or "").strip()
    if [child.tag for child in trailer] != [kind.record_count_tag] or _COUNT.fullmatch(count) is None:
        raise _trailer_wrong(kind)
    return int(count)


def _header_wrong(kind: RecordFileKind) -> InvalidRequest:
    text = "The Header is missing, incomplete or wrong; see Header in the file's schema."
    return InvalidRequest(ErrorCode.FILE_HEADER_WRONG, text, ref=f"/{kind.root}/Header")


def _trailer_wrong(kind: RecordFileKind) -> InvalidRequest:
    text = f"The file must hold a Header, then {kind.record} elements, then a Trailer, and nothing else."
    return InvalidRequest(ErrorCode.FILE_HEADER_WRONG, text, ref=f"/{kind.root}/Trailer")


def _compare_count(said: int, found: int, kind: RecordFileKind) -> None:
    if said != found:
        text = f"The Trailer says {said} records and the file holds {found}."
        raise InvalidRequest(ErrorCode.FILE_COUNT_WRONG, text, ref=f"/{kind.root}/Trailer/RecordCount")
