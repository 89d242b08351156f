"""The reference EMS's own tables and codes, as an old county system has them: nothing here is the state's.

Sexes are 1 and 2, parties one letter, statuses A (active), I (inactive), C (cancelled) and P (pending), street types and
directions are written out, names are in mixed case. The state's translation rules for the county turn them into its own.
"""

from typing import Final

from votecal_soap.domain.jobs import DataKind

REGISTERED_CODES: Final = ("A", "I")
"""Statuses of a registered voter: only these get a voting precinct (S17.3)."""

KIND_COLUMNS: Final[dict[DataKind, tuple[str, ...]]] = {
    DataKind.NAME: ("nm_first", "nm_last", "nm_mid", "nm_pfx", "nm_sfx"),
    DataKind.IDENTITY: ("birth_dt", "dl_num", "ssn_last4", "sex_cd"),
    DataKind.CONTACT: ("lang_cd", "phone_no", "email_addr"),
    DataKind.PARTY: ("pty_cd",),
    DataKind.RESIDENCE_ADDRESS: (
        *("res_house_no", "res_house_sfx", "res_pre_dir", "res_street", "res_street_typ", "res_post_dir"),
        *("res_unit_typ", "res_unit_no", "res_city", "res_state", "res_zip"),
    ),
    DataKind.MAILING_ADDRESS: ("mail_line1", "mail_line2", "mail_line3", "mail_city", "mail_state", "mail_zip", "mail_country"),
    DataKind.HOME_PRECINCT: ("home_pct", "home_pct_part"),
    DataKind.REGISTRATION: ("reg_dt", "reg_stat", "reg_stat_rsn"),
}
"""The columns that hold each kind of data, in the order of the batch record's parts."""

REGISTRATION_COLUMNS: Final = tuple(column for columns in KIND_COLUMNS.values() for column in columns)
KIND_BITS: Final[dict[DataKind, int]] = {kind: 1 << place for place, kind in enumerate(DataKind)}
"""The bit of each kind in the column `changed_kinds`."""


def kind_mask(kinds: frozenset[DataKind]) -> int:
    """The bits of several kinds."""
    return sum(KIND_BITS[kind] for kind in kinds)


DDL: Final = f"""
CREATE TABLE ems_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE precincts (
    pct TEXT NOT NULL, pct_part TEXT NOT NULL DEFAULT '', pct_name TEXT,
    PRIMARY KEY (pct, pct_part)
) WITHOUT ROWID;
CREATE TABLE voters (
    voter_key INTEGER PRIMARY KEY,
    voter_num TEXT NOT NULL UNIQUE,
    {", ".join(f"{column} TEXT" for column in REGISTRATION_COLUMNS)},
    state_uid INTEGER UNIQUE,
    base_version INTEGER,
    state_status TEXT,
    clerk_note TEXT,
    dl_verif TEXT, dl_verif_dt TEXT, ssn_verif TEXT, ssn_verif_dt TEXT,
    changed_kinds INTEGER NOT NULL DEFAULT 0,
    changed_since_sync INTEGER GENERATED ALWAYS AS (changed_kinds <> 0) VIRTUAL,
    change_no INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE voter_precinct_assignment (
    voter_key INTEGER NOT NULL REFERENCES voters,
    election_cd TEXT NOT NULL,
    pct TEXT NOT NULL,
    pct_part TEXT,
    PRIMARY KEY (voter_key, election_cd)
) WITHOUT ROWID;
CREATE TABLE state_messages (
    message_id INTEGER PRIMARY KEY,
    message_type TEXT NOT NULL,
    enqueued_at TEXT NOT NULL,
    voter_num TEXT, state_uid INTEGER, record_version INTEGER, job_id INTEGER, record_sequence INTEGER,
    outcome TEXT, reason TEXT, errors TEXT NOT NULL DEFAULT '[]',
    import_outcome TEXT,
    import_text TEXT,
    imported_at TEXT NOT NULL,
    cleared INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX state_messages_worklist ON state_messages (outcome, import_outcome) WHERE outcome = 'Failed' OR import_outcome IS NOT 'Processed';
CREATE TABLE state_jobs (
    job_id INTEGER PRIMARY KEY,
    schema_version TEXT NOT NULL, election_cd TEXT, kinds TEXT NOT NULL,
    stage TEXT NOT NULL,
    change_no INTEGER NOT NULL DEFAULT 0,
    file_name TEXT, byte_count INTEGER, sha256 TEXT, record_count INTEGER, compression TEXT,
    upload_id INTEGER, next_offset INTEGER NOT NULL DEFAULT 0, resendings INTEGER NOT NULL DEFAULT 0,
    job_state TEXT, result TEXT,
    updated_at TEXT NOT NULL
);
"""

STATE_CASES_DDL: Final = """
CREATE TABLE IF NOT EXISTS state_cases (
    case_id INTEGER PRIMARY KEY,
    case_type TEXT NOT NULL, case_state TEXT NOT NULL, case_version INTEGER NOT NULL,
    county_code TEXT NOT NULL,
    confidence INTEGER NOT NULL, cap TEXT, potential_reason TEXT, due_dt TEXT,
    work_item_id INTEGER, state_uid INTEGER NOT NULL,
    new_county TEXT,
    criteria TEXT NOT NULL, new_address TEXT, new_mailing TEXT,
    basis TEXT,
    overdue INTEGER NOT NULL DEFAULT 0,
    asked_county TEXT, newer_uid INTEGER, pulled TEXT
);
CREATE INDEX IF NOT EXISTS state_cases_worklist ON state_cases (case_state) WHERE case_state IN ('Open', 'Provisional');
CREATE TABLE IF NOT EXISTS state_transfers (
    transfer_id INTEGER PRIMARY KEY,
    state_uid INTEGER NOT NULL, losing_county TEXT NOT NULL, gaining_county TEXT NOT NULL,
    transfer_state TEXT NOT NULL, provisional INTEGER NOT NULL, pending_until TEXT NOT NULL,
    case_id INTEGER
);
CREATE TABLE IF NOT EXISTS dmv_records (
    work_item_id INTEGER PRIMARY KEY,
    message_type TEXT NOT NULL,
    data TEXT NOT NULL,
    disposition TEXT NOT NULL DEFAULT 'Waiting'
);
CREATE TABLE IF NOT EXISTS state_answers (
    transaction_id TEXT PRIMARY KEY,
    operation TEXT NOT NULL, subject_id INTEGER NOT NULL, subject_version INTEGER NOT NULL,
    decision TEXT, basis TEXT NOT NULL,
    given_at TEXT NOT NULL,
    result TEXT,
    detail TEXT,
    sent TEXT,
    UNIQUE (operation, subject_id, subject_version)
);
CREATE TABLE IF NOT EXISTS merged_data (
    item_id TEXT PRIMARY KEY,
    case_id INTEGER NOT NULL, state_uid INTEGER NOT NULL,
    kind TEXT NOT NULL, data TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS merged_data_case ON merged_data (case_id);
CREATE TABLE IF NOT EXISTS registration_candidates (
    voter_key INTEGER NOT NULL, state_uid INTEGER NOT NULL,
    shown_order INTEGER NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (voter_key, state_uid)
) WITHOUT ROWID;
"""
"""Match cases, moves, DMV records and merged data that the state told of, and the county's answers.

An EMS that was made before gets them when it is opened. A case's `pulled` is NULL while a merge into this county's record may have
added data that is not here; an answer's `sent` is the voter's record that went with it, until the state has answered; a registration's
candidates are those whom the state showed and a clerk has to look at.
"""

LATER_COLUMNS: Final = (
    ("state_answers", "detail", "TEXT"),
    ("state_answers", "sent", "TEXT"),
    ("state_cases", "asked_county", "TEXT"),
    ("state_cases", "newer_uid", "INTEGER"),
    ("state_cases", "pulled", "TEXT"),
)
"""Columns that an EMS of an earlier release lacks: table, column, type."""
