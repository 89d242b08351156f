"""The rules of the portable schema (docs/adr/0003), walked over every table."""

import re

import pytest
from oracle_double.reserved_words import RESERVED
from sqlalchemy import BigInteger, CheckConstraint, Date, Integer, PrimaryKeyConstraint, SmallInteger, UniqueConstraint
from sqlalchemy.dialects import oracle
from sqlalchemy.schema import CreateIndex, CreateTable

from db.tables import metadata
from db.types import JsonText, LongText, ShortText, UtcTimestamp, YesNo

ALLOWED = (ShortText, UtcTimestamp, YesNo, JsonText, BigInteger, Integer, SmallInteger, Date)

ALSO_RESERVED = {"case", "end", "limit", "offset", "primary", "references", "using", "when", "window"}
"""By PostgreSQL or SQLite, or soon by Oracle."""

TABLES = list(metadata.tables.values())
COLUMNS = [column for table in TABLES for column in table.columns]


def names():
    for table in TABLES:
        yield table.name
        yield from table.columns.keys()
        yield from (str(item.name) for item in (*table.constraints, *table.indexes))


def test_names_are_lower_case_short_and_not_reserved():
    wrong = [name for name in names() if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", name) or name in RESERVED | ALSO_RESERVED]
    assert wrong == []


def test_every_column_has_an_allowed_type():
    wrong = [str(column) for column in COLUMNS if not isinstance(column.type, ALLOWED) and column.type is not LongText]
    assert wrong == []


def test_every_text_has_a_length_that_fits_an_oracle_column_in_any_alphabet():
    lengths = [column.type.impl.length for column in COLUMNS if isinstance(column.type, ShortText)]
    assert lengths and all(1 <= length <= 1000 for length in lengths)


def test_every_table_has_a_primary_key():
    assert [table.name for table in TABLES if not table.primary_key.columns] == []


@pytest.mark.requirement("OPS-01")
def test_every_table_and_every_column_says_what_it_holds():
    assert [str(item) for item in (*TABLES, *COLUMNS) if not item.comment] == []


def test_every_truth_value_is_checked():
    for table in TABLES:
        checked = " ".join(str(item.sqltext) for item in table.constraints if isinstance(item, CheckConstraint))
        for column in table.columns:
            if isinstance(column.type, SmallInteger | YesNo):
                assert f"{column.name} IN (0,1)" in checked, column


def test_every_foreign_key_is_indexed():
    for table in TABLES:
        keyed = [item for item in table.constraints if isinstance(item, PrimaryKeyConstraint | UniqueConstraint)]
        indexed = [list(item.columns.keys()) for item in (*keyed, *table.indexes)]
        for key in table.foreign_key_constraints:
            wanted = list(key.columns.keys())
            assert any(columns[: len(wanted)] == wanted for columns in indexed), key.name


def test_a_unique_key_that_may_be_null_in_part_is_not_made_on_oracle():
    ddl = oracle_ddl()
    assert "CONSTRAINT uq_voter_ems" not in ddl
    assert "CREATE UNIQUE INDEX uq_voter_ems" in ddl


@pytest.mark.parametrize("native_boolean", [False, True], ids=["19c", "23ai"])
def test_the_ddl_for_oracle_has_no_type_that_differs_between_releases(native_boolean):
    ddl = oracle_ddl(native_boolean=native_boolean)
    assert ddl == oracle_ddl()
    for forbidden in (r"\bBOOLEAN\b", r"\bJSON\b(?!:)", r"VARCHAR2(?!\()", r"\bDATE\b.*TIMESTAMP", r"WITH TIME ZONE", r"\bBLOB\b"):
        assert not re.search(forbidden, without_comments(ddl)), forbidden
    assert "TIMESTAMP" in ddl and "CLOB" in ddl


def oracle_ddl(*, native_boolean=False):
    dialect = oracle.dialect()
    dialect.supports_native_boolean = native_boolean
    dialect._supports_oracle_json = native_boolean
    statements = [CreateTable(table) for table in metadata.sorted_tables] + [
        CreateIndex(index) for table in metadata.sorted_tables for index in sorted(table.indexes, key=lambda index: str(index.name))
    ]
    return "\n".join(str(statement.compile(dialect=dialect)) for statement in statements)


def without_comments(ddl):
    return re.sub(r"'[^']*'", "''", ddl)


def test_long_text_is_a_clob_on_oracle():
    assert str(LongText.compile(dialect=oracle.dialect())) == "CLOB"
    assert str(JsonText().compile(dialect=oracle.dialect())) == "CLOB"
