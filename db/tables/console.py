"""The console: what people sign in with, their sessions, and wrong attempts."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from db.tables.base import metadata
from db.types import ShortText, UtcTimestamp

staff_login = Table(
    "staff_login",
    metadata,
    Column("user_name", ShortText(60), ForeignKey("staff_user.user_name", name="fk_staff_login_user"), primary_key=True),
    Column("password_hash", ShortText(200), comment="Argon2id, with salt and parameters"),
    Column("password_set_at", UtcTimestamp),
    Column("authenticator_number", ShortText(60), comment="With the state's key it makes the app's secret; alone it makes nothing"),
    Column("authenticator_set_at", UtcTimestamp),
    Column("last_step", BigInteger, comment="Time step of the last code accepted: each is accepted once"),
    comment="What people sign in to the console with",
)

console_session = Table(
    "console_session",
    metadata,
    Column("token_hash", ShortText(64), primary_key=True, comment="Keyed hash of the token in the browser's cookie"),
    Column("user_name", ShortText(60), ForeignKey("staff_user.user_name", name="fk_console_session_user"), nullable=False),
    Column("begun_at", UtcTimestamp, nullable=False),
    Column("last_seen_at", UtcTimestamp, nullable=False),
    Index("ix_console_session_user", "user_name"),
    Index("ix_console_session_begun", "begun_at"),
    comment="Signed-in browsers; a deleted row is a session revoked",
)

sign_in_counter = Table(
    "sign_in_counter",
    metadata,
    Column("counter_key", ShortText(64), primary_key=True, comment="Keyed hash of account, source address, or both"),
    Column("failure_count", Integer, nullable=False),
    Column("last_failed_at", UtcTimestamp),
    Column("succeeded_at", UtcTimestamp),
    Column("touched_at", UtcTimestamp, nullable=False),
    Index("ix_sign_in_counter_touched", "touched_at"),
    comment="Wrong attempts to sign in, so that guessing takes time",
)
