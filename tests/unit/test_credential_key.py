import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from votecal_soap.credentials import generate_secret, keyed_hash, load_or_create_key, matches


@pytest.mark.requirement("OPS-05")
def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "data" / "credential.key"
    key = load_or_create_key(path)
    assert load_or_create_key(path) == key
    assert len(key) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_at_once_share_one_key(tmp_path):
    path = tmp_path / "credential.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_or_create_key(path), range(16)))
    assert len(keys) == 1


def test_only_the_secret_that_was_stored_matches():
    secret, key = generate_secret(), b"key"
    stored = keyed_hash(secret, key)
    assert secret not in stored
    assert matches(secret, stored, key)
    assert not matches(generate_secret(), stored, key)
    assert not matches(secret, stored, b"another key")
