import csv
from importlib.resources import files

import pytest
from lxml import etree

from votecal_soap.synthetic.coa_files import read_coa_truth

VOTERS, RECORDS = 400, 150


@pytest.fixture
def loaded(staffed, tmp_path):
    """A county whose voters are loaded as they were really registered."""
    staffed("generate", "precincts", "--county", "19", tmp_path / "precincts.csv")
    staffed("load", "precincts", tmp_path / "precincts.csv", "--as", "ada")
    staffed("generate", "voters", "--county", "19", "--count", VOTERS, "--as-registered", tmp_path / "voters.xml")
    staffed("load", "voters", "--county", "19", tmp_path / "voters.xml", "--as", "ada")
    return staffed


def generate(run, path, *more, **changes):
    return run("generate", "coa", "--county", "19", "--voters", VOTERS, "--count", RECORDS, "--to-county", "37", *more, path, **changes)


@pytest.mark.requirement("COA-01", "COA-38")
def test_a_dmv_file_satisfies_its_schema_and_has_the_truth_beside_it(loaded, tmp_path):
    generate(loaded, tmp_path / "coa.xml", "--as-registered")
    root = etree.parse(str(tmp_path / "coa.xml"))
    etree.XMLSchema(etree.parse(str(files("xsd").joinpath("dmv-coa-file.xsd")))).assertValid(root)
    transactions = root.xpath("//*[local-name()='TransactionId']/text()")
    truths = list(read_coa_truth(tmp_path / "coa.xml.truth.csv"))
    assert [truth.transaction_id for truth in truths] == transactions
    assert len(truths) == RECORDS
    assert 0.5 < sum(bool(truth.state_voter_ids) for truth in truths) / RECORDS < 0.8


def test_the_truth_names_voters_of_the_database_and_no_values(loaded, run_json, tmp_path):
    generate(loaded, tmp_path / "coa.xml", "--as-registered", "--truth", tmp_path / "truth.csv")
    uids = {uid for truth in read_coa_truth(tmp_path / "truth.csv") for uid in truth.state_voter_ids}
    assert len(uids) > RECORDS / 2
    assert all(100_000_000 < uid <= 100_000_000 + VOTERS + 20 for uid in uids)
    with (tmp_path / "truth.csv").open() as file:
        assert next(csv.reader(file)) == ["sequence", "transaction_id", "record_kind", "driver_kind", "state_voter_ids", "origin", "sex"]


def test_the_same_seed_writes_the_same_file_and_doubled_noise_another(loaded, tmp_path):
    for name, more in {"one": (), "two": (), "noisy": ("--double-noise",)}.items():
        generate(loaded, tmp_path / name, "--as-registered", *more)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "noisy").read_bytes()


def test_records_about_voters_who_are_not_loaded_are_refused(staffed, tmp_path):
    assert generate(staffed, tmp_path / "coa.xml", code=1).stderr.startswith("VC-2006")
    assert not (tmp_path / "coa.xml").exists()
