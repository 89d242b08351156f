from datetime import UTC, datetime

import pytest

from votecal_soap.credentials import matches
from votecal_soap.domain.counties import Role
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases import add_credential, revoke_credential, rotate_credential, staff_users

KEY = b"the key"


def add(application, username="c19", user="ada", **more):
    command = add_credential.AddCredential(**{"username": username, "county_code": "19", "acting_user": user, **more})
    return add_credential.add(command, application.unit_of_work(), application.clock, KEY)


def stored(application, username="c19"):
    with application.unit_of_work(read_only=True) as uow:
        return uow.reference.credential(username)


def test_a_credential_belongs_to_one_county_and_only_a_keyed_hash_is_stored(application):
    issued = add(application)
    kept = stored(application)
    assert kept.county_code == "19"
    assert issued.secret not in repr(issued) + repr(kept)
    assert matches(issued.secret, kept.secret_hmac, KEY)


def test_rotating_replaces_the_secret_at_once(application):
    old = add(application).secret
    command = rotate_credential.RotateCredential(username="c19", acting_user="ada")
    new = rotate_credential.rotate(command, application.unit_of_work(), application.clock, KEY).secret
    kept = stored(application)
    assert matches(new, kept.secret_hmac, KEY)
    assert not matches(old, kept.secret_hmac, KEY)


def test_a_revoked_credential_stays_revoked(application):
    add(application)
    command = revoke_credential.RevokeCredential(username="c19", acting_user="ada")
    first = revoke_credential.revoke(command, application.unit_of_work(), application.clock)
    assert first.revoked_at == application.clock.now()
    assert revoke_credential.revoke(command, application.unit_of_work(), application.clock) == first
    with pytest.raises(Conflict):
        rotate_credential.rotate(rotate_credential.RotateCredential(username="c19", acting_user="ada"), application.unit_of_work(), application.clock, KEY)
    with pytest.raises(Conflict):
        add(application)


@pytest.mark.parametrize("user", ["sam", "cora", "nobody"])
def test_only_an_administrator_changes_credentials(application, user):
    add(application)
    with pytest.raises(NotAllowed):
        add(application, "other", user)
    with pytest.raises(NotAllowed):
        rotate_credential.rotate(rotate_credential.RotateCredential(username="c19", acting_user=user), application.unit_of_work(), application.clock, KEY)
    with pytest.raises(NotAllowed):
        revoke_credential.revoke(revoke_credential.RevokeCredential(username="c19", acting_user=user), application.unit_of_work(), application.clock)


@pytest.mark.parametrize(
    ("changed", "error", "ref"),
    [
        ({"county_code": "99"}, NotFound, "county"),
        ({"username": ""}, InvalidRequest, "username"),
        ({"username": "two words"}, InvalidRequest, "username"),
        ({"username": "x" * 61}, InvalidRequest, "username"),
        ({"expires_at": datetime(2000, 1, 1, tzinfo=UTC)}, InvalidRequest, "expires"),
    ],
)
def test_a_wrong_credential_is_refused(application, changed, error, ref):
    with pytest.raises(error) as refused:
        add(application, **changed)
    assert refused.value.ref == ref


@pytest.mark.requirement("EWS-01")
def test_one_certificate_stands_for_one_county(application):
    add(application, certificate_subject="CN=ems.example")
    with pytest.raises(Conflict) as refused:
        add(application, "other", county_code="37", certificate_subject="CN=ems.example")
    assert (refused.value.code, refused.value.ref) == (ErrorCode.ALREADY_EXISTS, "certificate-subject")
    add(application, "second", certificate_subject="CN=ems.example")
    for username in ("c19", "second"):
        command = revoke_credential.RevokeCredential(username=username, acting_user="ada")
        revoke_credential.revoke(command, application.unit_of_work(), application.clock)
    add(application, "other", county_code="37", certificate_subject="CN=ems.example")


@pytest.mark.requirement("OPS-02", "OPS-03")
def test_the_audit_says_who_changed_a_credential_and_never_its_secret(application, audit_rows):
    secret = add(application).secret
    revoke_credential.revoke(revoke_credential.RevokeCredential(username="c19", acting_user="abe"), application.unit_of_work(), application.clock)
    rows = audit_rows()
    assert [(row.actor, row.action, row.county_code) for row in rows] == [("ada", "AddCredential", "19"), ("abe", "RevokeCredential", "19")]
    assert all(secret not in row.detail and stored(application).secret_hmac not in row.detail for row in rows)


def add_person(application, name, role=Role.SOS_USER, county=None, user="ada"):
    command = staff_users.AddStaffUser(user_name=name, role=role, county_code=county, acting_user=user)
    return staff_users.add(command, application.unit_of_work(), application.clock)


def test_an_administrator_adds_people(application, audit_rows):
    add_person(application, "lee", Role.COUNTY_USER, "37")
    assert {person.user_name for person in staff_users.listed(application.unit_of_work(read_only=True))} == {"ada", "abe", "sam", "cora", "lee"}
    assert [(row.actor, row.action, row.subject_id) for row in audit_rows()] == [("ada", "AddStaffUser", "lee")]


@pytest.mark.parametrize("user", ["sam", "cora", "nobody"])
def test_nobody_else_adds_people(application, user):
    with pytest.raises(NotAllowed):
        add_person(application, "lee", user=user)


@pytest.mark.parametrize(
    ("name", "role", "county", "error"),
    [
        ("ada", Role.SOS_USER, None, Conflict),
        ("", Role.SOS_USER, None, InvalidRequest),
        ("lee", Role.SOS_USER, "19", InvalidRequest),
        ("lee", Role.COUNTY_USER, None, InvalidRequest),
        ("lee", Role.COUNTY_USER, "99", NotFound),
    ],
    ids=["known name", "no name", "SOS of a county", "county user of none", "unknown county"],
)
def test_a_wrong_person_is_refused(application, name, role, county, error):
    with pytest.raises(error):
        add_person(application, name, role, county)


def test_whoever_comes_second_cannot_add_themselves(application):
    with pytest.raises(NotAllowed):
        add_person(application, "second", Role.SOS_ADMINISTRATOR, user="second")
