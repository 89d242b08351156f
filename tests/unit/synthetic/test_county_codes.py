from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from lxml import etree

from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rules import Reference, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.domain.translation import Translator
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.files import write_initial_load
from votecal_soap.synthetic.voters import generate_voters

CREATED = datetime(2026, 2, 1, tzinfo=UTC)
REFERENCE = Reference(codes={}, precincts=frozenset(), elections=frozenset(), today=date(2026, 2, 1))


def translator():
    book = rule_book("", load_county_codes().rules_toml())
    return Translator(book, REFERENCE, batch_type="InitialLoad", kinds=frozenset(DataKind), refs={})


@pytest.mark.requirement("VRU-08")
def test_the_countys_rules_turn_its_codes_back_into_the_states():
    codes, translate = load_county_codes(), translator()
    for field in ("gender", "party", "language", "status", "street_type", "street_pre_direction", "unit_type"):
        for state_code in codes.tables[field]:
            errors = []
            assert translate.values((field,), (codes.of(field, state_code),), errors) == ((field,), (state_code,))
            assert not errors


def test_a_countys_code_stands_for_one_code_of_the_state():
    for table in load_county_codes().tables.values():
        assert len(set(table.values())) == len(table)


def test_every_code_that_voters_bear_is_translated():
    codes = load_county_codes()
    for voter in generate_voters(2_000, 4, "30"):
        local = codes.registration(voter.registration)
        assert local.party != voter.registration.party
        assert local.language != voter.registration.language
        assert local.status != voter.registration.status
        assert local.residence_address.street_type != voter.registration.residence_address.street_type or local.residence_address.street_type is None


@pytest.mark.parametrize("codes", [None, load_county_codes()], ids=["state codes", "county codes"])
def test_the_file_of_an_initial_load_satisfies_the_schema(tmp_path, codes):
    file = write_initial_load(tmp_path / "load.xml", "30", generate_voters(400, 4, "30"), CREATED, codes=codes)
    schema = etree.XMLSchema(etree.parse(str(files("xsd").joinpath("voter-record-update-batch.xsd"))))
    schema.assertValid(etree.parse(str(file.path)))
    assert file.record_count == 400


def test_the_shipped_rules_join_with_the_countys():
    assert rule_book(shipped_rules(), load_county_codes().rules_toml()).rules
