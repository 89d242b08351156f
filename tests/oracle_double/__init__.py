"""A double of an Oracle listener, for tests: the unmodified python-oracledb thin driver connects to it, and H2 answers.

What it is. A process that listens on the loopback interface and speaks as much of Oracle Net and of the call protocol
above it as python-oracledb's thin mode uses for SQL: connect, logon with a checked password, execute, array DML with
batch errors and row counts, RETURNING ... INTO, fetch, define, commit, rollback, ping, logoff. Each statement is first held
against a list of what Oracle 19c refuses (`guards`), then put into H2's words (`rewriting`) and run by H2 in its Oracle mode,
in memory; each service name is a database of its own. H2's errors come back with Oracle's numbers (`errors`).
Message layouts were learnt by reading the published source of the driver; no code of it is here.

What it shows. That driver, dialect, engine settings, column types, statements, array DML, error translation, migrations and
reconnection work together, and that no statement uses what is known to be refused.

What it can never show: how Oracle plans, locks, waits, keeps undo or detects deadlocks; limits counted in bytes; national
languages; PL/SQL; the real dictionary; partitioning; RAC; TLS; privileges; and any figure of speed. It is not Oracle, and a
green run here is no statement about an Oracle Database: for that, docs/oracle-acceptance.md.

Not served, and answered with an error or a closed connection: LOB locators (SQLAlchemy asks for LOBs as long values),
PL/SQL, scrollable cursors, pipelining, two-phase commit, queues, sharding.

    python -m oracle_double            # prints the port; ends when its standard input does
"""
