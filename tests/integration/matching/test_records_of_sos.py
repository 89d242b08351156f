"""COA-21: a record that matched nobody and whose address tells no county is SOS's, until SOS sends it to one."""

import pytest
from fakes.dmv import NEW_HOME

from db.tables import audit_entry
from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound, VoteCalError
from votecal_soap.use_cases.assign_dmv_record import AssignDmvRecord, assign_dmv_record

from .answers import CountyAnswers
from .test_dmv_coa_situations import NEVADA, a_stranger

NOWHERE = NEW_HOME._replace(residence_zip_code="00000")


def assign(runs, work_item_id, county_code="37", by="sam"):
    command = AssignDmvRecord(work_item_id=work_item_id, county_code=county_code, acting_user=by)
    return assign_dmv_record(command, runs.factory(), runs.clock)


def of_sos(runs):
    with runs.factory(read_only=True) as uow:
        return [item.work_item_id for item in uow.work_items.unresolved_of_sos(10)]


@pytest.mark.requirement("COA-21", "OPS-02")
def test_the_county_is_told_and_may_answer_as_of_its_own(runs):
    assert runs.run(a_stranger(1, new_address=NOWHERE)) == {"NoMatchWithoutCounty": 1}
    (item,) = of_sos(runs)
    assert runs.messages() == []
    assert assign(runs, item) == "NoMatch"
    assert of_sos(runs) == []
    assert runs.messages() == [("37", "UnresolvedDmvCoa", None)]
    (entry,) = runs.rows(audit_entry, action="AssignDmvRecord")
    assert (entry.actor, entry.subject_id, entry.county_code) == ("sam", str(item), "37")
    assert CountyAnswers(runs, "37").report(item).disposition == "NonMatch"


@pytest.mark.requirement("COA-21", "COA-38", "COA-20")
def test_a_new_registration_is_the_countys_to_make_and_no_mailing_asks_the_person(runs):
    runs.run(a_stranger(1, new_address=NOWHERE, kind=DmvRecordKind.NEW_REGISTRATION))
    (item,) = of_sos(runs)
    assert assign(runs, item) == "RegistrationPending"
    assert runs.messages() == [("37", "DmvRegistrationPending", None)]
    with runs.factory(read_only=True) as uow:
        assert not uow.work_items.is_potential_voter(item)


@pytest.mark.requirement("COA-21", "EWS-13")
def test_what_cannot_be_assigned_is_refused_and_nothing_changes(runs):
    runs.run(a_stranger(1, new_address=NOWHERE), a_stranger(2, new_address=NEVADA), a_stranger(3, county_code="19"))
    nowhere, nevada, placed = (row.work_item_id for row in runs.items())
    before = runs.everything()
    refusals = [
        ((999_999,), NotFound, ErrorCode.WORK_ITEM_NOT_FOUND),
        ((nowhere, "99"), NotFound, ErrorCode.COUNTY_NOT_FOUND),
        ((nevada,), InvalidRequest, ErrorCode.VALUE_WRONG),
        ((placed,), Conflict, ErrorCode.CASE_DECIDED),
        ((nowhere, "37", "nobody"), NotAllowed, ErrorCode.NOT_AUTHORISED),
    ]
    for given, kind, code in refusals:
        with pytest.raises(VoteCalError) as caught:
            assign(runs, *given)
        assert (type(caught.value), caught.value.code) == (kind, code)
    assert runs.everything() == before
    assign(runs, nowhere)
    with pytest.raises(Conflict):
        assign(runs, nowhere)
