"""What all tables share."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Integer, MetaData

from db.types import ShortText

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite gives a row id only to INTEGER PRIMARY KEY.
BigId = BigInteger().with_variant(Integer, "sqlite")


def identity(name: str, comment: str) -> Column[int]:
    """A key that the database gives."""
    return Column(name, BigId, Identity(cache=1000), primary_key=True, comment=comment)


def county_column(*, nullable: bool = False, fk: str) -> Column[str]:
    """A county, which must be there."""
    return Column("county_code", ShortText(2), ForeignKey("county.county_code", name=fk), nullable=nullable)
