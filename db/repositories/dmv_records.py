"""A DMV record as columns of dmv_work_item, and back (COA-03)."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row

from db.bulk import Columns, columns_of
from db.tables.dmv import MAILING_ADDRESS, NEW_ADDRESS, OLD_ADDRESS
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, MailingAddress, ResidenceAddress
from votecal_soap.domain.dmv_repeats import KeyedRecord

_PLAIN: Final = {
    "record_sequence": "sequence",
    "transaction_id": "transaction_id",
    "record_kind": "kind",
    "transaction_date": "transaction_date",
    "drivers_license": "drivers_license",
    "ssn4": "ssn4",
    "first_name": "first_name",
    "middle_name": "middle_name",
    "last_name": "last_name",
    "suffix": "suffix",
    "date_of_birth": "date_of_birth",
    "gender": "gender",
    "dmv_county_code": "county_code",
    "phone": "phone",
    "email": "email",
    "language": "language",
    "party": "party",
}
"""Column to field, for what stands as it is."""

_NOWHERE: Final = ResidenceAddress()
_NO_MAIL: Final = MailingAddress()


def record_columns(keyed: Sequence[KeyedRecord]) -> Columns:
    """The records' values by column; the signature image is kept elsewhere."""
    records = [record for record, _ in keyed]
    given = columns_of(DmvRecord._fields, records)
    return {
        **{column: given[field] for column, field in _PLAIN.items()},
        **columns_of(NEW_ADDRESS, [record.new_address for record in records]),
        **columns_of(OLD_ADDRESS, [record.old_address or _NOWHERE for record in records]),
        **columns_of(MAILING_ADDRESS, [record.mailing_address or _NO_MAIL for record in records]),
        "repeat_key": [key for _, key in keyed],
    }


def record_of(row: Row[Any]) -> DmvRecord:
    """The record of a row, without its signature image."""
    kept = row._mapping
    old_address = _address(kept, OLD_ADDRESS)
    mailing_address = MailingAddress(*(kept[name] for name in MAILING_ADDRESS))
    values = {field: kept[column] for column, field in _PLAIN.items()}
    return DmvRecord(
        **{**values, "kind": DmvRecordKind(row.record_kind)},
        new_address=_address(kept, NEW_ADDRESS),
        old_address=old_address if any(old_address) else None,
        mailing_address=mailing_address if any(mailing_address) else None,
        signature=None,
    )


def _address(kept: Any, names: Sequence[str]) -> ResidenceAddress:  # noqa: ANN401 - a row's mapping
    return ResidenceAddress(*(kept[name] for name in names))
