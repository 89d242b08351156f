"""Counties, credentials, users, elections, precincts, codes and rules: loaded beforehand (OPS-04)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, case, insert, select

from db.prepared import PreparedQuery
from db.repositories.upserts import upsert
from db.tables import county, county_rules, credential, election, ems_queue, precinct, reference_code, staff_user
from votecal_soap.domain.counties import County, Credential, Election, Precinct, Role, StaffUser

_CREDENTIAL_FIELDS: Final = tuple(credential.c.keys())
CREDENTIAL_BY_NAME: Final = PreparedQuery(select(credential).where(credential.c.username == bindparam("username")))
"""Made once: every call asks it."""


def credential_of(rows: Sequence[tuple[Any, ...]]) -> Credential | None:
    """What `CREDENTIAL_BY_NAME` found."""
    return Credential(**dict(zip(_CREDENTIAL_FIELDS, rows[0], strict=True))) if rows else None


class SqlReferenceRepository:
    """The tables of the reference data."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def counties(self) -> list[County]:
        """All counties."""
        return [County(**row._mapping) for row in self._connection.execute(select(county).order_by(county.c.county_code))]

    def county(self, county_code: str) -> County | None:
        """One county."""
        row = self._connection.execute(select(county).where(county.c.county_code == county_code)).one_or_none()
        return None if row is None else County(**row._mapping)

    def save_counties(self, counties: Iterable[County]) -> int:
        """Insert or update; a new county gets an empty queue."""
        rows = [asdict(item) for item in counties]
        new = upsert(self._connection, county, rows)
        if new:
            self._connection.execute(insert(ems_queue), [{"county_code": row["county_code"], "open_count": 0} for row in new])
        return len(rows)

    def credential(self, username: str) -> Credential | None:
        """One credential, revoked ones included."""
        return credential_of(CREDENTIAL_BY_NAME.rows(self._connection, {"username": username}))

    def credentials(self, county_code: str | None = None) -> list[Credential]:
        """Credentials, by user name."""
        statement = select(credential).order_by(credential.c.username)
        if county_code is not None:
            statement = statement.where(credential.c.county_code == county_code)
        return [Credential(**row._mapping) for row in self._connection.execute(statement)]

    def credential_by_certificate(self, subject: str) -> Credential | None:
        """The credential bound to a client certificate's subject; of several the one that ends last, and a revoked one after all others."""
        bound = select(credential).where(credential.c.certificate_subject == subject)
        # NULLs sort first on one database and last on another: a case sorts the same on all.
        nulls_first = [case((column.is_(None), 0), else_=1) for column in (credential.c.revoked_at, credential.c.expires_at)]
        row = self._connection.execute(bound.order_by(*nulls_first, credential.c.expires_at.desc(), credential.c.username)).first()
        return None if row is None else Credential(**row._mapping)

    def save_credential(self, credential_: Credential) -> None:
        """Insert or update by user name."""
        upsert(self._connection, credential, [asdict(credential_)])

    def staff_user(self, user_name: str) -> StaffUser | None:
        """One person."""
        row = self._connection.execute(select(staff_user).where(staff_user.c.user_name == user_name)).one_or_none()
        return None if row is None else _staff_user(row)

    def staff_users(self) -> list[StaffUser]:
        """All people, by name."""
        return [_staff_user(row) for row in self._connection.execute(select(staff_user).order_by(staff_user.c.user_name))]

    def save_staff_user(self, user: StaffUser) -> None:
        """Insert or update."""
        upsert(self._connection, staff_user, [{"user_name": user.user_name, "role_name": user.role, "county_code": user.county_code}])

    def elections(self) -> list[Election]:
        """All elections, by id."""
        rows = self._connection.execute(select(election).order_by(election.c.election_id))
        return [Election(election_id=row.election_id, name=row.name, election_date=row.election_date, federal=bool(row.is_federal)) for row in rows]

    def save_elections(self, elections: Iterable[Election]) -> int:
        """Insert or update."""
        rows = (
            {"election_id": item.election_id, "name": item.name, "election_date": item.election_date, "is_federal": int(item.federal)} for item in elections
        )
        return self._save(election, rows)

    def precinct_codes(self, county_code: str) -> frozenset[str]:
        """The county's precincts."""
        return frozenset(self._connection.execute(select(precinct.c.precinct_code).where(precinct.c.county_code == county_code)).scalars())

    def precinct_names(self, county_code: str) -> dict[str, str | None]:
        """The county's precincts: code to name."""
        rows = self._connection.execute(select(precinct.c.precinct_code, precinct.c.name).where(precinct.c.county_code == county_code))
        return {row.precinct_code: row.name for row in rows}

    def save_precincts(self, precincts: Iterable[Precinct]) -> int:
        """Insert or update."""
        return self._save(precinct, (asdict(item) for item in precincts))

    def codes(self, kind: str) -> dict[str, str]:
        """A code table: code to name."""
        rows = self._connection.execute(select(reference_code.c.code, reference_code.c.name).where(reference_code.c.kind == kind))
        return {row.code: row.name for row in rows}

    def save_codes(self, kind: str, codes: Mapping[str, str]) -> int:
        """Insert or update a code table."""
        return self._save(reference_code, ({"kind": kind, "code": code, "name": name} for code, name in codes.items()))

    def rules_text(self, county_code: str) -> str | None:
        """A county's rules as TOML, or None; '00' is the statewide default."""
        return self._connection.execute(select(county_rules.c.rules_toml).where(county_rules.c.county_code == county_code)).scalar()

    def save_rules_text(self, county_code: str, text: str) -> None:
        """Replace a county's rules."""
        self._save(county_rules, [{"county_code": county_code, "rules_toml": text}])

    def _save(self, table: Table, rows: Iterable[Mapping[str, object]]) -> int:
        kept = list(rows)
        upsert(self._connection, table, kept)
        return len(kept)


def _staff_user(row: Row[Any]) -> StaffUser:
    return StaffUser(user_name=row.user_name, role=Role(row.role_name), county_code=row.county_code)
