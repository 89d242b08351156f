from datetime import date

import pytest
from fakes.rolls import ANA
from hypothesis import given
from hypothesis import strategies as st

from votecal_soap.domain.matching import Person
from votecal_soap.domain.voters import Voter
from votecal_soap.search.name_text import fold, nicknames, sound
from votecal_soap.search.standardising import KEY_COLUMNS, StandardPerson, standardise, standardise_changed, voter_person


def test_accents_apostrophes_and_hyphens_are_folded():
    assert fold("  Núñez-O’Hara ") == "NUNEZ OHARA"
    assert fold("Søren Łukasz Großmann") == "SOREN LUKASZ GROSSMANN"


def test_particles_belong_to_the_word_that_follows():
    person = standardise(Person(last_name="Garcia de la Cruz"))
    assert (person.last_name, person.last_first_token, person.last_second_token) == ("GARCIADELACRUZ", "GARCIA", "DELACRUZ")


def test_a_suffix_at_the_end_of_a_surname_is_no_surname():
    assert standardise(Person(last_name="Smith Jr")).last_name == "SMITH"


def test_nicknames_have_one_full_form():
    assert standardise(Person(first_name="Bob")).first_canonical == standardise(Person(first_name="Robert")).first_canonical
    assert standardise(Person(first_name="Pepe")).first_canonical == "JOSE"


def test_a_name_common_in_itself_is_its_own_full_form():
    assert standardise(Person(first_name="Mary")).first_canonical == "MARY"


def test_nicknames_of_one_name_are_related_but_never_to_themselves():
    related = nicknames().related
    assert "BOB" in related["ROBERT"]
    assert "ROB" in related["BOB"]
    assert not [name for name, others in related.items() if name in others]


def test_sounds_follow_american_soundex():
    assert [sound(name) for name in ("ROBERT", "RUPERT", "ASHCRAFT", "TYMCZAK", "LEE")] == ["R163", "R163", "A261", "T522", "L000"]


@pytest.mark.parametrize("name", ["Unknown", "BABY BOY", "NFN", "LNU"])
def test_a_placeholder_is_no_name(name):
    assert standardise(Person(first_name=name, last_name=name))[:6] == (None,) * 6


@pytest.mark.parametrize("name", ["Null", "NA", "Nan", "None-Such", "O"])
def test_names_that_other_programs_lose_are_names(name):
    person = standardise(Person(first_name=name, last_name=name))
    assert person.first_name
    assert person.last_name


def test_placeholders_of_numbers_and_dates_are_missing():
    person = standardise(Person(date_of_birth=date(1900, 1, 1), ssn4="0000", drivers_license="00000000", zip_code="00000"))
    assert person == StandardPerson(*(None,) * len(StandardPerson._fields))


def test_nine_digits_give_the_last_four_and_fewer_give_nothing():
    assert standardise(Person(ssn4="123-45-6789")).ssn4 == "6789"
    assert standardise(Person(ssn4="789")).ssn4 is None


def test_an_address_is_the_same_however_it_is_written():
    plain = Person(house_number="12", street="N Main St", unit_number="4", city="N Hollywood", zip_code="91601")
    text = Person(street="0012 North Main Street Apt #4", city="North Hollywood", zip_code="91601-1234")
    assert standardise(plain) == standardise(text)


def test_non_latin_names_stay_comparable():
    person = standardise(Person(first_name="Владимир", last_name="王小明"))
    assert person.first_name == "ВЛАДИМИР"
    assert person.last_name == "王小明"


def test_pictures_are_no_name():
    assert standardise(Person(first_name="😀", last_name="!!!"))[:6] == (None,) * 6


@pytest.mark.parametrize("text", ["0:0", "00 0A", "A" * 59 + " B"])
def test_a_number_or_a_cut_text_has_no_space_at_its_ends(text):
    person = standardise(Person(house_number=text, unit_number=text, street=text, city=text, zip_code=text))
    assert [part for part in person if isinstance(part, str) and part != part.strip()] == []
    assert standardise(Person(house_number="0:0", unit_number="0 0")) == standardise(Person())


@given(st.builds(Person, **dict.fromkeys((name for name in Person._fields if name != "date_of_birth"), st.none() | st.text(max_size=210))))
def test_whatever_is_typed_the_stored_columns_fit(person):
    for text in standardise(person)._replace(date_of_birth=None):
        assert text is None or (0 < len(text) <= 60 and text == text.strip())


def test_standardising_twice_changes_nothing_stored():
    person = standardise(ANA)
    assert standardise(ANA._replace(first_name=person.first_name, last_name=person.last_name, street=person.street)) == person


TEXTS = st.sampled_from([None, "", "Bob", "Mary Ann", "de la Cruz Jr", "12 1/2", "N Oak St # 4", "90001-1234", "D1234567", "0000", "F"])
VALUES = st.fixed_dictionaries(
    {name: st.sampled_from([None, date(1971, 6, 24), date(1800, 1, 1)]) if name == "date_of_birth" else TEXTS for name in KEY_COLUMNS}
)


@given(before=VALUES, after=VALUES, fields=st.sets(st.sampled_from(KEY_COLUMNS)))
def test_what_changed_fields_feed_is_all_that_a_change_can_change(before, after, fields):
    was = Voter(**{**dict.fromkeys(Voter._fields), **before})
    now = was._replace(**{name: after[name] for name in fields})
    assert tuple(standardise_changed(standardise(voter_person(was)), now, frozenset(fields))) == standardise(voter_person(now))
