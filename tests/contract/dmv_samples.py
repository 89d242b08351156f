"""DMV records and files as the contract tests write them, whole and broken."""

from datetime import UTC, date, datetime

from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, MailingAddress, ResidenceAddress, SignatureImage

NAMESPACE = "urn:votecal:dmv-coa-file:v1"
HEADER = DmvCoaHeader("DMV-2026-03-01", datetime(2026, 3, 1, 6, 0, tzinfo=UTC))
HEADER_TEXT = "<Header><FileId>DMV-1</FileId><SchemaVersion>1.0</SchemaVersion><CreatedAt>2026-03-01T06:00:00Z</CreatedAt></Header>"

MOVE = DmvRecord(
    sequence=1,
    transaction_id="DMV-0000001",
    kind=DmvRecordKind.CHANGE_OF_ADDRESS,
    transaction_date=date(2026, 2, 20),
    drivers_license="A1234567",
    ssn4="1234",
    first_name="Ana",
    middle_name=None,
    last_name="O'Neil & Sons",
    suffix=None,
    date_of_birth=date(1980, 2, 29),
    gender="F",
    new_address=ResidenceAddress("12", None, "N", "Main", "St", None, "Apt", "4", "Los Angeles", "CA", "90001"),
    old_address=ResidenceAddress("1", None, None, "Old", "Rd", None, None, None, "Fresno", "CA", "93650"),
    mailing_address=MailingAddress("PO Box 7", None, None, "Los Angeles", "CA", "90001", None),
    county_code="19",
    phone="2135550100",
    email="ana@example.com",
    language="ENG",
    party=None,
    signature=None,
)
REGISTRATION = MOVE._replace(
    sequence=2,
    transaction_id="DMV-0000002",
    kind=DmvRecordKind.NEW_REGISTRATION,
    party="NPP",
    old_address=None,
    mailing_address=None,
    signature=SignatureImage("image/png", bytes(range(256))),
)
BARE = DmvRecord(
    sequence=3,
    transaction_id="DMV-0000003",
    kind=DmvRecordKind.CHANGE_OF_ADDRESS,
    transaction_date=date(2026, 2, 21),
    new_address=ResidenceAddress(),
    **dict.fromkeys(set(DmvRecord._fields) - {"sequence", "transaction_id", "kind", "transaction_date", "new_address"}),
)
"""A record without anything to identify a person by."""


def a_record(sequence: int | str, more: str = "", *, born: str = "1980-02-29", transaction_id: str | None = None) -> str:
    """A record's text; `more` stands before the date of birth."""
    return (
        f"<DmvRecord><RecordSequence>{sequence}</RecordSequence><TransactionId>{transaction_id or f'DMV-{sequence}'}</TransactionId>"
        f"<Kind>ChangeOfAddress</Kind><TransactionDate>2026-02-20</TransactionDate>{more}<DateOfBirth>{born}</DateOfBirth>"
        f"<NewAddress><City>Fresno</City></NewAddress></DmvRecord>"
    )


def document(*records: str, count: int | None = None, header: str = HEADER_TEXT, start: str = '<?xml version="1.0" encoding="UTF-8"?>', more: str = "") -> str:
    """A file's text; `more` stands after the Trailer."""
    said = len(records) if count is None else count
    return f'{start}<DmvCoaFile xmlns="{NAMESPACE}">{header}{"".join(records)}<Trailer><RecordCount>{said}</RecordCount></Trailer>{more}</DmvCoaFile>'
