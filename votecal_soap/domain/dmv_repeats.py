"""When two DMV records say the same (COA-02)."""

import hashlib
import re
import unicodedata
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord, ResidenceAddress

_SEPARATOR: Final = "\x1f"
_NOT_SIGNIFICANT: Final = re.compile(r"(?:(?!\x1f)[\W_])+")
_ZIP_DIGITS: Final = 5
_ZIP: Final = ResidenceAddress._fields.index("residence_zip_code")
"""The last part of an address."""


class KeyedRecord(NamedTuple):
    """A record with its repeat key, which is computed once and asked for three times."""

    record: DmvRecord
    repeat_key: str | None


def keyed(record: DmvRecord) -> KeyedRecord:
    """The record with its key."""
    return KeyedRecord(record, repeat_key(record))


def repeat_key(record: DmvRecord) -> str | None:
    """A digest that two records share if they name the same DL/ID, new address and date; None without a DL/ID or an address.

    The transaction id is compared apart from it. Spelling that says nothing (case, punctuation, ZIP+4) makes no difference.
    """
    licence, address = record.drivers_license, record.new_address
    zip_code = (address.residence_zip_code or "").strip()[:_ZIP_DIGITS]
    # One pass over all parts: a file of DMV's asks this for every record.
    parts = _significant(_SEPARATOR.join((licence or "", *[part or "" for part in address[:_ZIP]], zip_code)))
    licence, _, place = parts.partition(_SEPARATOR)
    if not licence or not place.strip(_SEPARATOR):
        return None
    return hashlib.sha256(_SEPARATOR.join((parts, record.transaction_date.isoformat())).encode()).hexdigest()


def _significant(text: str) -> str:
    return _NOT_SIGNIFICANT.sub("", unicodedata.normalize("NFKC", text).upper())
