"""Takes the records out of a file that has proved whole: cut from its bytes, or by parse events where it may not be cut."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from votecal_soap.contract.batch_integrity import BatchFileShape
from votecal_soap.contract.file_envelope import BlockTags
from votecal_soap.contract.parser import HARDENED
from votecal_soap.contract.record_files import RecordFileKind

BLOCK: Final = 256 << 10


def cut_blocks(path: Path, shape: BatchFileShape, start: int) -> Iterator[tuple[bytes, int]]:
    """Bytes of whole records, about 256 KB at a time, and the byte after the last of them."""
    end_tag, rest, offset = shape.record_end, b"", start
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        while read := file.read(min(BLOCK, shape.after_records - file.tell())):
            rest += read
            cut = rest.rfind(end_tag)
            if cut >= 0:
                cut += len(end_tag)
                offset += cut
                yield rest[:cut], offset
                rest = rest[cut:]


def parse_cut(cut: bytes, tags: BlockTags) -> etree._Element:
    """The records of a cut below one root; one that is too deep or too large raises XMLSyntaxError."""
    return etree.fromstring(tags.opening + cut + tags.closing, etree.XMLParser(**HARDENED))


def split_cut(cut: bytes, shape: BatchFileShape) -> list[bytes]:
    """The bytes of each record of a cut."""
    return [record + shape.record_end for record in cut.split(shape.record_end)[:-1]]


def records_by_events(path: Path, kind: RecordFileKind) -> Iterator[etree._Element]:
    """The records of a file that may not be cut, one at a time; each is gone when the next is asked for."""
    with path.open("rb") as file:
        for _, element in etree.iterparse(file, tag=kind.record_tag, **HARDENED):
            parent = element.getparent()
            if parent is None or parent.tag != kind.root_tag:
                continue
            yield element
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
