"""Configuration: one frozen object, read once from the environment and a TOML file, and passed down.

Each setting `name` is the variable `VOTECAL_NAME` or the key `name` of the file that `VOTECAL_CONFIG_FILE` names;
the environment wins. `docs/operations.md` lists them all, and a test compares.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import UnionType
from typing import Any, get_type_hints

from votecal_soap.errors import ErrorCode, InvalidRequest

PREFIX = "VOTECAL_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting, with its default. Sizes are bytes, times seconds unless the name says otherwise."""

    data_dir: Path = Path("var")
    database_url: str = field(default="", repr=False)
    credential_key: str = field(default="", repr=False)
    digest_keys: tuple[str, ...] = field(default=(), repr=False)
    digest_seconds: int = 300
    calls_per_minute: int = 60_000
    county_calls_per_minute: int = 6_000
    stranger_calls_per_minute: int = 1_200
    payload_log_entry_bytes: int = 64 << 10
    payload_log_day_bytes: int = 50 << 20
    payload_log_retention_days: int = 14
    public_url: str = "http://127.0.0.1:8080"
    listen: str = "127.0.0.1:8080"
    web_threads: int = 32
    admin_listen: str = "127.0.0.1:8081"
    trusted_proxies: tuple[str, ...] = ()
    client_certificate_header: str = ""
    log_level: str = "INFO"
    request_byte_limit: int = 5 << 20
    put_byte_limit: int = 64 << 20
    upload_byte_limit: int = 8 << 30
    expanded_byte_limit: int = 32 << 30
    expansion_ratio_limit: int = 200
    upload_token_seconds: int = 3600
    page_byte_limit: int = 48 << 10
    page_message_limit: int = 1000
    batch_chunk_records: int = 2_500
    batch_parsers: int = 1
    dmv_drop_dir: str = ""
    dmv_settle_seconds: int = 10
    dmv_incomplete_seconds: int = 3600
    dmv_chunk_records: int = 1_000
    dmv_searchers: int = 1
    duplicate_partition_voters: int = 100_000
    duplicate_workers: int = 2
    transfer_pending_days: int = 10
    lease_seconds: int = 60
    worker_poll_seconds: float = 1.0
    attempt_limit: int = 20
    spool_retention_days: int = 30
    export_retention_days: int = 30
    dmv_retention_days: int = 90
    reply_retention_days: int = 90
    signature_retention_days: int = 365
    message_archive_days: int = 30
    message_retention_days: int = 0
    confidentiality_notice_days: int = 60
    registration_url: str = "https://registertovote.ca.gov/"
    invitation_blank_form: bool = True
    polling_places_file: str = ""
    second_person_authorises: bool = False
    console_idle_minutes: int = 30
    console_session_hours: int = 10

    @property
    def effective_database_url(self) -> str:
        """The database: the one named, else a SQLite file in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir / 'votecal.db'}"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None where a server has the database."""
        path = self.effective_database_url.partition("?")[0].partition(":///")[2]
        return Path(path) if path and self.effective_database_url.startswith("sqlite") else None

    @property
    def spool_dir(self) -> Path:
        """Where uploaded bytes are kept, readable by the service alone (OPS-05)."""
        return self.data_dir / "spool"

    @property
    def export_dir(self) -> Path:
        """Where files for partners are written (OPS-05)."""
        return self.data_dir / "export"

    @property
    def payload_dir(self) -> Path:
        """Where masked calls are written, readable by the service alone (OPS-05)."""
        return self.data_dir / "payload"

    @property
    def dmv_drop_folder(self) -> Path:
        """Where DMV drops its files: the folder named, else one in the data directory (COA-01)."""
        return Path(self.dmv_drop_dir) if self.dmv_drop_dir else self.data_dir / "dmv-coa"

    @property
    def dmv_dir(self) -> Path:
        """Where DMV's files lie once they are taken, readable by the service alone (OPS-05)."""
        return self.data_dir / "dmv"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Config":
        """Read the environment and the file it names; a bad or unknown value names its variable."""
        values: dict[str, object] = {**_file_values(environ.get(f"{PREFIX}CONFIG_FILE")), **_environ_values(environ)}
        hints = get_type_hints(cls)
        unknown = sorted(set(values) - set(hints))
        if unknown:
            raise InvalidRequest(ErrorCode.SETTING_WRONG, "There is no such setting.", ref=PREFIX + unknown[0].upper())
        return cls(**{name: _cast(name, value, hints[name]) for name, value in values.items()})


def _file_values(file: str | None) -> dict[str, object]:
    if not file:
        return {}
    try:
        return tomllib.loads(Path(file).read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InvalidRequest(ErrorCode.SETTING_WRONG, f"The configuration file cannot be read: {error}", ref=f"{PREFIX}CONFIG_FILE") from error


def _environ_values(environ: Mapping[str, str]) -> dict[str, object]:
    names = {f"{PREFIX}{item.name.upper()}": item.name for item in fields(Config)}
    return {names[key]: value for key, value in environ.items() if key in names}


def _cast(name: str, value: object, kind: type | UnionType) -> Any:  # noqa: ANN401 - the field's own type, checked by the dataclass
    try:
        if kind is bool:
            return _boolean(str(value))
        if kind == tuple[str, ...]:
            return tuple(str(value).replace(",", " ").split()) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type] # a TOML list
        for constructor in (int, float, Path, str):
            if kind is constructor:
                return constructor(str(value))
    except (TypeError, ValueError) as error:
        raise InvalidRequest(ErrorCode.SETTING_WRONG, f"The value must be of type {kind}.", ref=PREFIX + name.upper()) from error
    raise InvalidRequest(ErrorCode.SETTING_WRONG, f"The value must be of type {kind}.", ref=PREFIX + name.upper())


def _boolean(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(text)


DEFAULTS = {item.name: item.default for item in fields(Config) if item.default is not MISSING}
"""Each setting's default, for the reference in the docs."""
