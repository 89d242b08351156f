import pytest

from votecal_soap.domain.rule_parameters import Action
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases import import_rules, try_rules

PARTY = '[[rule]]\nfields = ["party"]\naction = "translate"\n[rule.table]\n"D" = "DEM"\n'


def import_(application, text=PARTY, county="19", user="ada"):
    command = import_rules.ImportRules(county_code=county, text=text, acting_user=user)
    return import_rules.import_rules(command, application.unit_of_work(), application.clock)


def stored(application, county="19"):
    return import_rules.rules_text(county, application.unit_of_work(read_only=True))


@pytest.mark.requirement("VRU-08")
def test_a_countys_rules_are_data_that_an_administrator_replaces(application):
    assert stored(application) is None
    import_(application)
    assert stored(application) == PARTY
    assert stored(application, "37") is None


@pytest.mark.requirement("VRU-08")
def test_the_shipped_statewide_rules_hold_until_others_are_imported(application):
    assert "[[rule]]" in stored(application, "00")
    import_(application, PARTY, "00")
    assert stored(application, "00") == PARTY


@pytest.mark.parametrize(
    "text",
    [
        "[[rule",
        '[[rule]]\nfields = ["shoe_size"]\naction = "tidy"\n',
        '[[rule]]\nfields = ["party"]\naction = "replace"\npattern = "("\n',
        "x" * ((1 << 20) + 1),
    ],
    ids=["no TOML", "unknown field", "pattern that does not compile", "too long"],
)
def test_wrong_rules_are_refused_and_change_nothing(application, text):
    import_(application)
    with pytest.raises(InvalidRequest) as refused:
        import_(application, text)
    assert refused.value.code is ErrorCode.RULES_WRONG
    assert stored(application) == PARTY


@pytest.mark.parametrize("user", ["sam", "cora", "nobody"])
def test_only_an_administrator_imports_rules(application, user):
    with pytest.raises(NotAllowed):
        import_(application, user=user)


def test_rules_of_a_county_that_is_not_there_are_not_found(application):
    for act in (lambda: import_(application, county="99"), lambda: stored(application, "99")):
        with pytest.raises(NotFound):
            act()


@pytest.mark.requirement("OPS-02")
def test_old_and_new_rules_are_in_the_audit(application, audit_rows):
    import_(application)
    import_(application, PARTY.replace("DEM", "REP"))
    assert [(row.actor, row.action) for row in audit_rows()] == [("ada", "ImportRules")] * 2
    assert "DEM" in audit_rows()[1].detail
    assert "REP" in audit_rows()[1].detail


def test_trying_rules_shows_each_step_and_stores_nothing(application):
    command = try_rules.TryRules(county_code="19", values={"party": "D"}, text=PARTY)
    steps = try_rules.trace(command, application.unit_of_work(read_only=True), application.clock)
    assert (steps[0].action, steps[0].value) == (Action.TRANSLATE, "DEM")
    assert stored(application) is None


def test_trying_an_unknown_field_is_refused(application):
    command = try_rules.TryRules(county_code="19", values={"shoe_size": "44"})
    with pytest.raises(InvalidRequest):
        try_rules.trace(command, application.unit_of_work(read_only=True), application.clock)
