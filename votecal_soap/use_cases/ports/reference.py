"""Counties, credentials, users, elections, precincts, codes, rules."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from votecal_soap.domain.counties import County, Credential, Election, Precinct, StaffUser


class ReferenceRepository(Protocol):
    """Counties, credentials, users, elections, precincts, codes, rules, settings."""

    def counties(self) -> list[County]:
        """All counties."""
        ...

    def county(self, county_code: str) -> County | None:
        """One county."""
        ...

    def save_counties(self, counties: Iterable[County]) -> int:
        """Insert or update."""
        ...

    def credential(self, username: str) -> Credential | None:
        """One credential, revoked ones included."""
        ...

    def credentials(self, county_code: str | None = None) -> list[Credential]:
        """Credentials."""
        ...

    def credential_by_certificate(self, subject: str) -> Credential | None:
        """The credential bound to a client certificate's subject; of several the one that ends last, and a revoked one after all others."""
        ...

    def save_credential(self, credential: Credential) -> None:
        """Insert or update by user name."""
        ...

    def staff_user(self, user_name: str) -> StaffUser | None:
        """One person."""
        ...

    def staff_users(self) -> list[StaffUser]:
        """All people."""
        ...

    def save_staff_user(self, user: StaffUser) -> None:
        """Insert or update."""
        ...

    def elections(self) -> list[Election]:
        """All elections."""
        ...

    def save_elections(self, elections: Iterable[Election]) -> int:
        """Insert or update."""
        ...

    def precinct_codes(self, county_code: str) -> frozenset[str]:
        """The county's precincts."""
        ...

    def precinct_names(self, county_code: str) -> dict[str, str | None]:
        """The county's precincts: code to name."""
        ...

    def save_precincts(self, precincts: Iterable[Precinct]) -> int:
        """Insert or update."""
        ...

    def codes(self, kind: str) -> dict[str, str]:
        """A code table: code to name."""
        ...

    def save_codes(self, kind: str, codes: Mapping[str, str]) -> int:
        """Insert or update a code table."""
        ...

    def rules_text(self, county_code: str) -> str | None:
        """A county's rules as TOML, or None; '00' is the statewide default."""
        ...

    def save_rules_text(self, county_code: str, text: str) -> None:
        """Replace a county's rules."""
        ...
