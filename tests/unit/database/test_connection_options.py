"""What each driver is told of a connection, and that a value in the URL wins."""

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from db.connection_options import OracleSession
from db.engine import create_engine
from db.repositories.number_series import engine_apart
from votecal_soap.errors import ErrorCode, InvalidRequest

POSTGRESQL, ORACLE = "postgresql://h/x", "oracle+oracledb://h/?service_name=x"


class Given(Exception):
    """Raised in the driver's place."""


def given_to_the_driver(engine):
    """The options that it would connect with."""
    options = {}

    @event.listens_for(engine, "do_connect")
    def take(dialect, record, arguments, given):
        options.update(given)
        raise Given

    with pytest.raises(Given):
        engine.connect()
    return options


@pytest.mark.requirement("JOB-02")
def test_postgresql_is_asked_whether_it_is_there_and_asks_back_and_compiles_nothing():
    given = given_to_the_driver(create_engine(POSTGRESQL))
    limits = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000}
    assert {name: given[name] for name in limits} == limits
    assert given["options"].split() == [
        *("-c", "jit=off", "-c", "tcp_keepalives_idle=30", "-c", "tcp_keepalives_interval=10"),
        *("-c", "tcp_keepalives_count=3", "-c", "tcp_user_timeout=30000"),
    ]


@pytest.mark.requirement("JOB-02")
def test_oracle_is_asked_whether_it_is_there():
    given = given_to_the_driver(create_engine(ORACLE))
    assert {name: given[name] for name in ("tcp_connect_timeout", "expire_time", "stmtcachesize")} == {
        "tcp_connect_timeout": 10,
        "expire_time": 1,
        "stmtcachesize": 100,
    }


def test_a_value_in_the_url_wins():
    postgresql = given_to_the_driver(create_engine(f"{POSTGRESQL}?connect_timeout=3&tcp_user_timeout=5000&options=-csearch_path%3Dvotecal"))
    assert (postgresql["connect_timeout"], postgresql["tcp_user_timeout"], postgresql["options"]) == (3, 5000, "-csearch_path=votecal")
    oracle = given_to_the_driver(
        create_engine(f"{ORACLE}&tcp_connect_timeout=3&expire_time=5&ping_timeout=100&call_timeout=200&current_schema=votecal&thick_mode=no")
    )
    assert (oracle["tcp_connect_timeout"], oracle["expire_time"]) == (3, 5)
    assert not oracle.keys() & {"ping_timeout", "call_timeout", "current_schema", "thick_mode"}, "what the driver would not know"


def assert_refused_by_name(url, setting):
    with pytest.raises(InvalidRequest) as refused:
        create_engine(f"{url}{setting}")
    assert (refused.value.code, refused.value.ref) == (ErrorCode.SETTING_WRONG, "VOTECAL_DATABASE_URL")
    name, _, value = setting.partition("=")
    assert name in refused.value.text
    assert value not in refused.value.text


@pytest.mark.parametrize(
    "setting",
    [
        *("expire_time=soon", "tcp_connect_timeout=-1", "call_timeout=1.5", "ping_timeout=%20", "call_timeout=9999999999"),
        *("current_schema=%20", "current_schema=1a", "current_schema=a b", "current_schema=a%3Bb", "current_schema=%22A%22", "current_schema=a%0Ab"),
        f"current_schema={'a' * 129}",
        "current_schema=a&current_schema=b",
    ],
)
def test_a_setting_for_oracle_that_is_wrong_is_refused_by_name_before_anything_is_sent(setting):
    assert_refused_by_name(f"{ORACLE}&", setting)


@pytest.mark.parametrize("setting", ["connect_timeout=soon", "keepalives_idle=-1", "tcp_user_timeout=30s"])
def test_a_setting_for_postgresql_that_is_wrong_is_refused_by_name_before_anything_is_sent(setting):
    assert_refused_by_name(f"{POSTGRESQL}?", setting)


class Driver:
    """A connection of python-oracledb's, as far as a session is prepared."""

    def __init__(self, *, thin=True):
        self.thin, self.call_timeout, self.sent = thin, 0, []

    def cursor(self):
        return nullcontext(SimpleNamespace(execute=self.sent.append))


def session(query=""):
    return OracleSession.from_url(make_url(f"{ORACLE}{query}"))


@pytest.mark.requirement("OPS-01")
def test_a_session_of_oracle_is_in_utc_and_in_the_owners_schema():
    plain, owners = Driver(), Driver()
    session().begin(plain, None)
    session("&current_schema=VOTECAL").begin(owners, None)
    assert plain.sent == ["ALTER SESSION SET TIME_ZONE = '+00:00'"]
    assert owners.sent == ["ALTER SESSION SET TIME_ZONE = '+00:00'", "ALTER SESSION SET CURRENT_SCHEMA = VOTECAL"]


@contextmanager
def at_rest(told, connection):
    """Between two uses the pool has the connection."""
    told.rest(connection, None)
    yield
    told.work(connection, None, None)


@pytest.mark.requirement("JOB-02")
def test_a_connection_that_rests_is_not_asked_for_long_and_one_that_works_has_the_time_that_it_was_given():
    connection = Driver()
    with at_rest(session(), connection):
        assert connection.call_timeout == 5_000
    assert connection.call_timeout == 0
    with at_rest(session("&ping_timeout=100&call_timeout=60000"), connection):
        assert connection.call_timeout == 100
    assert connection.call_timeout == 60_000


def test_a_thick_client_has_its_limits_in_sqlnet_ora_unless_the_url_names_one():
    connection = Driver(thin=False)
    with at_rest(session(), connection):
        assert connection.call_timeout == 0
    with at_rest(session("&call_timeout=60000"), connection):
        assert connection.call_timeout == 5_000
    assert connection.call_timeout == 60_000


def test_a_connection_that_is_lost_is_taken_back_without_a_word():
    class Lost:
        """Says so at every touch."""

        def __getattr__(self, name):
            raise ConnectionError

    session().rest(Lost(), None)
    session().rest(None, None)


@pytest.mark.requirement("OPS-01")
def test_connections_for_numbers_alone_are_told_the_same():
    apart = engine_apart(create_engine(f"{ORACLE}&current_schema=VOTECAL&expire_time=7"))
    assert apart.url.query["current_schema"] == "VOTECAL"
    assert given_to_the_driver(apart)["expire_time"] == 7
