"""The messages of GetReferenceData (EWS-12): elements of `xsd/reference-data.xsd` to domain values and back."""

from collections.abc import Iterable

from lxml import etree

from votecal_soap.contract.dmv_record_markup import day
from votecal_soap.contract.elements import optional_text, required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import ENVELOPE_BYTES
from votecal_soap.domain.reference_data import AskedTable, ReferenceItem, ReferenceKind, ReferenceQuery

TABLE_BYTES = 220
"""A table without its items."""


def read_reference_queries(request: etree._Element) -> list[ReferenceQuery]:
    """GetReferenceData."""
    return [
        ReferenceQuery(ReferenceKind(required_text(query, "ReferenceKind")), optional_text(query, "KnownVersion"), optional_text(query, "AfterCode"))
        for query in request.iterfind(f"{{{EMS_INTEGRATION}}}ReferenceQueries/*")
    ]


def render_reference_tables(tables: Iterable[AskedTable], byte_limit: int) -> str:
    """GetReferenceDataResponse, below a size: every table has its version, and as many of its items as there is room for."""
    asked = list(tables)
    room = byte_limit - ENVELOPE_BYTES - TABLE_BYTES * len(asked)
    written: list[str] = []
    for item in asked:
        items, room = _fitting(item.items or (), room)
        written.append(_table(item, items))
    return branch("GetReferenceDataResponse", branch("ReferenceTables", *written), namespace=EMS_INTEGRATION)


def _fitting(items: Iterable[ReferenceItem], room: int) -> tuple[list[str], int]:
    """The items that fit, and the room that is left; none, once one has not fitted, for the page ends there."""
    written: list[str] = []
    for item in items:
        text = _item(item)
        room -= len(text.encode())
        if room < 0:
            break
        written.append(text)
    return written, room


def _table(asked: AskedTable, items: list[str]) -> str:
    wanted = asked.items or ()
    return branch(
        "ReferenceTable",
        leaf("ReferenceKind", asked.table.kind.value),
        leaf("Version", asked.table.version),
        leaf("ItemCount", len(asked.table.items)),
        "" if asked.items is None else branch("ReferenceItems", *items),
        leaf("MoreItems", len(items) < len(wanted)),
    )


def _item(item: ReferenceItem) -> str:
    extras = (leaf("Fips", item.fips), day("ElectionDate", item.election_date), leaf("Federal", item.federal))
    return branch("ReferenceItem", leaf("Code", item.code), leaf("Name", item.name), *extras)
