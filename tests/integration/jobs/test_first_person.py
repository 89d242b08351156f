import pytest

from votecal_soap.clock import SystemClock
from votecal_soap.domain.counties import Role
from votecal_soap.errors import NotAllowed
from votecal_soap.use_cases import staff_users


def add(uow_factory, role):
    command = staff_users.AddStaffUser(user_name="first", role=role, county_code=None, acting_user="first")
    return staff_users.add(command, uow_factory(), SystemClock())


def test_the_first_person_adds_themselves_and_is_an_administrator(uow_factory):
    with pytest.raises(NotAllowed):
        add(uow_factory, Role.SOS_USER)
    assert add(uow_factory, Role.SOS_ADMINISTRATOR).role is Role.SOS_ADMINISTRATOR
