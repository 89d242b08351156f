import json
from datetime import UTC, datetime
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from votecal_soap.cli.match_evaluate import evaluate as command
from votecal_soap.errors import InvalidRequest
from votecal_soap.search.birth_comparison import DATE_OF_BIRTH
from votecal_soap.search.columns import Vocabulary
from votecal_soap.search.evaluation.birth_text import birth_numbers
from votecal_soap.search.evaluation.clustering import cluster_quality, clusters
from votecal_soap.search.evaluation.engine import evaluate
from votecal_soap.search.evaluation.labelled_people import labelled
from votecal_soap.search.evaluation.learning import FitMethod
from votecal_soap.search.evaluation.metrics import Ranking, calibration_table, expected_calibration_error
from votecal_soap.search.evaluation.people_file import read_people
from votecal_soap.search.pairs import Pairs

NAMES = ("ANA ZYSKOWSKI", "ZOE BAKER", "IDA GARCIA", "EVA OKAFOR", "QUILL NGUYEN", "OTTO SMITH", "BEA ROMIG", "URSULA CHANG", "HUGO LOPEZ", "FINN DUVAL")


def people_csv(path, heading="id,cluster,first,last,dob,city", count=150, seed=1):
    rng = Random(seed)
    lines = [heading]
    for number in range(count):
        first, last = rng.choice(NAMES).split()[0], rng.choice(NAMES).split()[1]
        born, city = f"19{rng.randrange(40, 99)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}", rng.choice(("FRESNO", "EUREKA", "CHICO"))
        lines.append(f"{2 * number},{number},{first},{last},{born},{city}")
        lines.append(f"{2 * number + 1},{number},{first},{last[:-1] + 'Q' if rng.random() < 0.2 else last},{born},{city if rng.random() < 0.7 else ''}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("fit", ["em", "cv", "none"])
def test_duplicates_in_one_file_are_found_with_every_kind_of_weights(tmp_path, fit):
    result = evaluate(people_csv(tmp_path / "people.csv"), None, fit=FitMethod(fit), names={})
    assert result.true_pairs == 150
    assert result.blocking_recall == 1.0
    assert result.f1 > 0.97
    assert result.clustered.f1 > 0.97


def test_two_files_are_linked_and_not_clustered(tmp_path):
    people = people_csv(tmp_path / "people.csv").read_text().splitlines()
    for name, lines in (("left.csv", people[1::2]), ("right.csv", people[2::2])):
        (tmp_path / name).write_text("\n".join([people[0], *lines]) + "\n")
    result = evaluate(tmp_path / "left.csv", tmp_path / "right.csv", fit=FitMethod.EM, names={})
    assert (result.records, result.true_pairs, result.clustered) == ((150, 150), 150, None)
    assert result.f1 > 0.97


def test_larger_files_are_blocked_and_lose_little(tmp_path):
    result = evaluate(people_csv(tmp_path / "people.csv", count=900), None, fit=FitMethod.NONE, names={})
    assert result.pairs_scored < 1800 * 1799 / 2 / 5
    assert result.blocking_recall > 0.99


def test_parquet_of_numbers_and_dates_is_read_as_text_is(tmp_path):
    table = pa.table(
        {"rec_id": [1, 2, 3], "entity_id": [7, 7, 8], "surname": ["Null", "NULL", None], "birth_year": [1970.0, 1970.0, None], "birth_month": [2, 2, None]}
    )
    pyarrow.parquet.write_table(table, tmp_path / "people.parquet")
    file = read_people(tmp_path / "people.parquet", {})
    assert dict(file.columns) == {
        "id": ["1", "2", "3"],
        "cluster": ["7", "7", "8"],
        "last_name": ["Null", "NULL", ""],
        "birth_year": ["1970", "1970", ""],
        "birth_month": ["2", "2", ""],
    }
    assert evaluate(tmp_path / "people.parquet", None, fit=FitMethod.NONE, names={}).f1 == 1.0


def test_names_that_look_missing_are_names(tmp_path):
    (tmp_path / "people.csv").write_text("cluster,last\n1,NULL\n1,null\n2,NA\n2,nan\n3,\n")
    assert read_people(tmp_path / "people.csv", {}).columns["last_name"] == ["NULL", "null", "NA", "nan", ""]


@pytest.mark.parametrize("names", [{"last_name": "x1"}, {"x1": "last"}])
def test_foreign_columns_are_named_either_way_round(tmp_path, names):
    (tmp_path / "people.csv").write_text("cluster,x1,rest\n1,Baker,?\n")
    file = read_people(tmp_path / "people.csv", names)
    assert file.columns["last_name"] == ["Baker"]
    assert file.ignored == ("rest",)


@pytest.mark.parametrize(
    ("heading", "names"), [("a,b,c", {}), ("cluster,last", {"last_name": "nowhere"}), ("cluster,last", {"shoe_size": "last"}), ("last,first", {})]
)
def test_what_cannot_be_understood_is_refused_with_what_is_there(tmp_path, heading, names):
    (tmp_path / "people.csv").write_text(heading + "\n" + ",".join("x" for _ in heading.split(",")) + "\n")
    with pytest.raises(InvalidRequest, match="--columns"):
        evaluate(tmp_path / "people.csv", None, fit=FitMethod.EM, names=names)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PAR1broken", b"cluster,last\n1\n1,2,3\n"])
@pytest.mark.parametrize("name", ["people.csv", "people.parquet"])
def test_a_broken_file_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidRequest):
        evaluate(tmp_path / name, None, fit=FitMethod.EM, names={})


@pytest.mark.parametrize("fit", ["em", "none"])
def test_hardly_anybody_is_no_error(tmp_path, fit):
    (tmp_path / "people.csv").write_text("cluster,last,dob\n1,Baker,1970-01-02\n2,,\n")
    assert evaluate(tmp_path / "people.csv", None, fit=FitMethod(fit), names={}).f1 == 0.0


@pytest.mark.parametrize("fit", ["cv", "silver"])
def test_what_a_method_learns_from_must_be_there(tmp_path, fit):
    (tmp_path / "people.csv").write_text("cluster,last,dob\n1,Baker,1970-01-02\n2,Chang,1970-01-03\n")
    with pytest.raises(InvalidRequest, match=f"--fit {fit}"):
        evaluate(tmp_path / "people.csv", None, fit=FitMethod(fit), names={})


def test_dates_are_read_as_people_write_them():
    texts = ["1971-06-24", "19710624", "1971", "1971-06", "6/24/1971", "24 Jun 1971", "June 24, 1971", "1971-06-24T00:00:00", "19710231", "n/a", ""]
    assert birth_numbers(texts) == [19710624, 19710624, 19710000, 19710600, 19710624, 19710624, 19710624, 19710624, 19710231, 0, 0]


def test_whether_the_day_comes_first_is_seen_from_the_column():
    assert birth_numbers(["03/04/1970", "25/12/1970"]) == [19700403, 19701225]
    assert birth_numbers(["03/04/1970", "12/25/1970"]) == [19700304, 19701225]


def test_precision_and_recall_count_what_blocking_missed():
    ranking = Ranking(np.array([5.0, 4.0, 3.0, 3.0]), np.array([True, True, False, True]), 4)
    assert (ranking.at(4.0).precision, ranking.at(4.0).recall) == (1.0, 0.5)
    assert (ranking.best().precision, ranking.best().recall, ranking.best().threshold) == (0.75, 0.75, 3.0)
    assert ranking.recall_at_precision(0.999) == 0.5
    assert ranking.at(9.0).recall == 0.0


def test_nothing_found_is_no_error():
    assert Ranking(np.empty(0), np.empty(0, bool), 3).best().f1 == 0.0


def test_calibration_compares_claims_with_findings():
    table = calibration_table(np.array([0.92, 0.94, 0.001]), np.array([True, False, False]))
    assert [(row.pairs, row.observed) for row in table] == [(1, 0.0), (2, 0.5)]
    assert expected_calibration_error(table) == pytest.approx((0.001 + 2 * 0.43) / 3)


def test_whoever_a_chain_joins_is_one_cluster():
    found = clusters(np.array([4, 0, 2]), np.array([2, 1, 1]), 6)
    assert found.tolist() == [0, 0, 0, 3, 0, 5]
    quality = cluster_quality(found, np.array([7, 7, 8, 9, 8, 9]), 0.0)
    assert (quality.precision, quality.recall) == (2 / 6, 2 / 3)


def test_the_command_prints_tables_and_json(tmp_path):
    path = str(people_csv(tmp_path / "people.csv", count=40))
    text = CliRunner().invoke(command, ["--left", path, "--fit", "none"])
    assert (text.exit_code, "Blocking recall" in text.output) == (0, True)
    values = json.loads(CliRunner().invoke(command, ["--left", path, "--fit", "none", "--json", "--columns", "last_name=last"]).output)
    assert values["f1"] == values["best"]["f1"] > 0.9
    assert {"blocking_recall", "recall_at_precision_999", "calibration", "automatic", "manual", "clustered", "seconds", "peak_memory_mb"} <= set(values)


def test_a_column_list_without_sense_is_wrong_usage(tmp_path):
    result = CliRunner().invoke(command, ["--left", str(people_csv(tmp_path / "people.csv", count=4)), "--columns", "last_name"])
    assert result.exit_code == 2


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8"), ("\t", "utf-8-sig"), ("|", "cp1252"), (",", "utf-16"), (";", "latin-1")])
def test_a_table_is_read_whatever_its_separator_and_encoding(tmp_path, separator, encoding):
    rows = (("Cluster", "Surname", "Town"), ("1", "Muñoz", 'San "José"'), ("1", "Peña", ""))
    quoted = "\n".join(separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    (tmp_path / "people.csv").write_bytes((quoted + "\n").encode(encoding))
    file = read_people(tmp_path / "people.csv", {})
    assert dict(file.columns) == {"cluster": ["1", "1"], "last_name": ["Muñoz", "Peña"], "city": ['San "José"', ""]}


def test_a_heading_may_repeat_or_lack_a_name(tmp_path):
    (tmp_path / "people.csv").write_text("cluster,last,last,,\n1,Baker,x,y,z\n")
    file = read_people(tmp_path / "people.csv", {})
    assert file.columns["last_name"] == ["Baker"]
    assert file.ignored == ("last (3)", "column 4", "column 5")
    table = pa.table([[1], ["Baker"], ["x"]], names=["cluster", "last", "last"])
    pyarrow.parquet.write_table(table, tmp_path / "people.parquet")
    assert read_people(tmp_path / "people.parquet", {}).columns["last_name"] == ["Baker"]


def test_a_row_of_another_length_is_refused_with_its_number(tmp_path):
    (tmp_path / "people.csv").write_text("cluster,last\n1,Baker\n2\n")
    with pytest.raises(InvalidRequest, match="has 1 cells, the heading 2"):
        read_people(tmp_path / "people.csv", {})


def test_words_for_missing_are_seen_where_no_word_belongs(tmp_path):
    rows = ["1,NaN,nan,93701.0", "1,Nan,1970-01-02,NaN", "2,Null,NaN,nan", "2,Baker,nan,93702.0"]
    (tmp_path / "people.csv").write_text("cluster,last,dob,zip\n" + "\n".join(rows) + "\n")
    file = read_people(tmp_path / "people.csv", {})
    assert file.columns["last_name"] == ["", "", "Null", "Baker"]
    assert file.columns["date_of_birth"] == ["", "1970-01-02", "", ""]


def test_decimals_and_moments_of_other_programs_are_put_right(tmp_path):
    born = pa.array([datetime(1970, 1, 2, 3, 4, tzinfo=UTC), None], pa.timestamp("ns", tz="UTC"))
    columns = {"cluster": ["1", "1"], "dob": born, "zip": ["93701.0", ""], "num": [12.0, float("nan")], "last": pa.array(["A", "A"]).dictionary_encode()}
    pyarrow.parquet.write_table(pa.table({**columns, "tags": [["a"], []], "raw": [b"\xff", b""]}), tmp_path / "people.parquet")
    file = read_people(tmp_path / "people.parquet", {})
    assert (file.columns["date_of_birth"], file.columns["zip"], file.columns["house_number"]) == (["1970-01-02", ""], ["93701", ""], ["12", ""])
    assert file.ignored == ("tags", "raw")


def test_who_bears_no_label_is_a_person_of_his_own(tmp_path):
    for name in ("left.csv", "right.csv"):
        (tmp_path / name).write_text("cluster,last,dob\n,Baker,1970-01-02\n,Baker,1970-01-02\n7,Chang,1980-01-02\n")
    assert evaluate(tmp_path / "left.csv", None, fit=FitMethod.NONE, names={}).true_pairs == 0
    assert evaluate(tmp_path / "left.csv", tmp_path / "right.csv", fit=FitMethod.NONE, names={}).true_pairs == 1


@pytest.mark.parametrize("content", ["cluster,last\n,Baker\n,Chang\n", "cluster,last\n"])
def test_people_without_a_single_label_cannot_be_evaluated(tmp_path, content):
    (tmp_path / "people.csv").write_text(content)
    with pytest.raises(InvalidRequest, match="cluster"):
        evaluate(tmp_path / "people.csv", None, fit=FitMethod.EM, names={})


def test_an_age_stands_for_a_year_of_birth(tmp_path):
    (tmp_path / "people.csv").write_text("cluster,last,age\n1,Baker,44\n1,Baker,44\n2,Baker,71\n3,Baker,\n")
    assert evaluate(tmp_path / "people.csv", None, fit=FitMethod.NONE, names={}).f1 == 1.0


def test_two_years_of_birth_do_not_agree_in_a_day_that_nobody_knows(tmp_path):
    (tmp_path / "people.csv").write_text("cluster,last,yob\n1,Baker,1940\n1,Baker,1940\n2,Baker,2001\n")
    people = labelled(read_people(tmp_path / "people.csv", {}), Vocabulary()).columns
    pairs = Pairs(people, people, np.array([0, 0]), np.array([1, 2]))
    assert [DATE_OF_BIRTH.levels[number].name for number in DATE_OF_BIRTH.numbers(pairs)] == ["exact", "different"]


def test_years_of_two_digits_lie_in_the_likelier_century():
    assert birth_numbers(["06/24/71", "6/24/07"]) == [19710624, 20070624]


def test_data_of_few_columns_are_paired_by_less(tmp_path):
    people = people_csv(tmp_path / "people.csv", heading="id,cluster,first,last,nothing,city", count=900)
    result = evaluate(people, None, fit=FitMethod.NONE, names={})
    assert "date_of_birth" not in result.columns
    assert result.blocking_recall > 0.95
