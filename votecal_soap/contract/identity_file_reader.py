"""Reads the files of identity verification with DMV, after all of a file has been judged (IDV-01).

A file is refused whole: DMV mends it and sends it again, and nobody has to find out which half was applied.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Final

from lxml import etree

from votecal_soap.contract.identity_files import ANSWERS, NAMESPACE, REQUESTS, SCHEMA_FILE
from votecal_soap.contract.parser import HARDENED
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.domain.identity import IdentificationKind, IdentityAnswer, IdentityCheck
from votecal_soap.domain.voters import VerificationStatus
from votecal_soap.errors import ErrorCode, InvalidRequest

_N: Final = f"{{{NAMESPACE}}}"
_RECORDS: Final = {ANSWERS: "Answer", REQUESTS: "Request"}


def check_identity_file(path: Path, root: str) -> int:
    """Read the whole file once; what is wrong with it raises InvalidRequest with the place. The number of its records."""
    schema, record = MessageSchema(SCHEMA_FILE), _RECORDS[root]
    followers = {"": ["Header"], "Header": [record, "Trailer"], record: [record, "Trailer"], "Trailer": []}
    count, last, announced = 0, "", ""
    for element in _children(path, root):
        name = etree.QName(element).localname
        count += name == record
        place = f"/{root}/{record}[{count}]" if name == record else f"/{root}/*"
        if name not in followers[last]:
            raise InvalidRequest(ErrorCode.SCHEMA_VIOLATION, f"The file holds a Header, {record} elements and a Trailer, in this order.", ref=place)
        if violations := schema.violations(element, limit=1):
            _, slash, inside = violations[0].ref[1:].partition("/")
            raise InvalidRequest(ErrorCode.SCHEMA_VIOLATION, violations[0].text, ref=f"{place}{slash}{inside}")
        last, announced = name, element.findtext(f"{_N}RecordCount") or ""
    if last != "Trailer":
        raise InvalidRequest(ErrorCode.FILE_HEADER_WRONG, "The file must end with a Trailer.", ref=f"/{root}/Trailer")
    if int(announced) != count:
        raise InvalidRequest(ErrorCode.FILE_COUNT_WRONG, f"The Trailer announces another number than the {count} found.", ref=f"/{root}/Trailer/RecordCount")
    return count


def read_answers(path: Path) -> Iterator[IdentityAnswer]:
    """The answers of a file that was checked."""
    for element in _children(path, ANSWERS):
        if element.tag == f"{_N}Answer":
            values = _texts(element)
            yield IdentityAnswer(
                request_id=int(values["RequestId"]),
                kind=IdentificationKind(values["IdentificationKind"]),
                subject_digest=values["SubjectDigest"],
                status=VerificationStatus(values["VerificationStatus"]),
                answered_on=_date(values["AnsweredOn"]),
            )


def read_requests(path: Path) -> Iterator[IdentityCheck]:
    """The requests of a file that was checked."""
    for element in _children(path, REQUESTS):
        if element.tag == f"{_N}Request":
            values = _texts(element)
            yield IdentityCheck(
                request_id=int(values["RequestId"]),
                kind=IdentificationKind(values["IdentificationKind"]),
                number=values["Number"],
                first_name=values.get("FirstName"),
                middle_name=values.get("MiddleName"),
                last_name=values.get("LastName"),
                suffix=values.get("Suffix"),
                date_of_birth=_date(values["DateOfBirth"]) if "DateOfBirth" in values else None,
                subject_digest=values["SubjectDigest"],
            )


def _children(path: Path, root_name: str) -> Iterator[etree._Element]:
    """The elements below the root, one at a time; each is gone when the next is asked for."""
    try:
        with path.open("rb") as file:
            yield from _parsed(file, root_name)
    except etree.XMLSyntaxError as error:
        text = "The file is not well-formed XML, or not in the encoding that it claims."
        raise InvalidRequest(ErrorCode.FILE_NOT_WELL_FORMED, text, ref=f"line {error.lineno}") from None
    except OSError as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"The file cannot be read: {error.strerror}.", ref=str(path)) from error


def _parsed(file: IO[bytes], root_name: str) -> Iterator[etree._Element]:
    depth = 0
    for event, element in etree.iterparse(file, events=("start", "end"), **HARDENED):
        if event == "start":
            depth += 1
            if depth == 1:
                _check_root(element, root_name)
            continue
        depth -= 1
        if depth == 1:
            yield element
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)


def _check_root(root: etree._Element, name: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise InvalidRequest(ErrorCode.FILE_DOCTYPE_FORBIDDEN, "A DOCTYPE and entities are not allowed in this file.")
    if root.tag != f"{_N}{name}":
        raise InvalidRequest(ErrorCode.FILE_HEADER_WRONG, f"The root element must be {name} of {NAMESPACE}.", ref="/*")


def _texts(element: etree._Element) -> dict[str, str]:
    return {etree.QName(child).localname: child.text or "" for child in element}


def _date(text: str) -> date:
    return date.fromisoformat(text.strip()[:10])
