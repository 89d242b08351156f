"""The documents say what the code does: every setting, code, operation, job, rule and command is in them."""

import ast
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from db.errors import ORACLE_BUSY, ORACLE_DISK
from jobs.catalogue import CATALOGUE
from jobs.outage import ANSWERS_AGAIN, WAITING
from votecal_soap.cli import votecal
from votecal_soap.config import DEFAULTS
from votecal_soap.contract.files import read_xsd
from votecal_soap.contract.record_files import DMV_COA_FILE, VOTER_RECORD_UPDATE_BATCH
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import SERVICES
from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.rule_parameters import Action
from votecal_soap.domain.rules import RULE_FIELDS, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.errors import ErrorCode, VoteCalError
from votecal_soap.storage import DISK_EVENTS

ROOT = Path(__file__).parents[2]
OPERATIONS, RULES, README = ((ROOT / name).read_text(encoding="utf-8") for name in ("docs/operations.md", "docs/rules.md", "README.md"))
DBA = (ROOT / "docs/dba.md").read_text(encoding="utf-8")
CONTRACT_FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("contract*.md"))
CONTRACT = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in CONTRACT_FILES)
"""The contract's topics, each in a file of its own."""
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
FILES = (VOTER_RECORD_UPDATE_BATCH, DMV_COA_FILE)


def first_cells(document):
    return re.findall(r"^\| `?([A-Za-z0-9_\-]+)`? \|", document, re.MULTILINE)


def shown_default(value):
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    return "unset" if value in ("", ()) else f"`{value}`"


def test_every_setting_is_explained_with_its_default():
    rows = dict(re.findall(r"^\| `(VOTECAL_\w+)` \| (\S+) \| \S", OPERATIONS, re.MULTILINE))
    assert rows == {f"VOTECAL_{name.upper()}": shown_default(value) for name, value in DEFAULTS.items()}


def test_every_job_is_explained():
    assert {job_type.value for job_type in CATALOGUE} <= set(first_cells(OPERATIONS))


def test_every_command_is_named_somewhere():
    documents = README + OPERATIONS + CONTRACT + RULES
    assert [name for name in votecal.list_commands(None) if f"votecal {name}" not in documents] == []


@pytest.mark.requirement("OPS-01")
def test_every_view_for_dbas_is_explained_and_no_other():
    made = re.findall(r"VIEW (v_\w+)", (ROOT / "db" / "oracle" / "views.sql").read_text(encoding="utf-8"))
    assert re.findall(r"^\| `(v_\w+)` \|", DBA, re.MULTILINE) == list(dict.fromkeys(made))


def test_the_errors_of_oracle_that_may_be_sent_again_are_listed():
    told = re.search(r"ORA-([\d, ]+) and a listener", OPERATIONS)
    assert told is not None
    assert {int(number) for number in told.group(1).split(",")} == ORACLE_BUSY


def test_what_oracle_says_of_disks_is_listed_by_the_code_that_it_is_told_as():
    told = re.search(r"ORA-([\d, ]+) are told as VC-5020, ORA-([\d, ]+) as VC-5021, ORA-([\d, ]+) as VC-5022", OPERATIONS)
    assert told is not None
    codes = (ErrorCode.DISK_FULL, ErrorCode.DISK_READ_ONLY, ErrorCode.DISK_FAILS)
    listed = {int(number): code for numbers, code in zip(told.groups(), codes, strict=True) for number in numbers.split(",")}
    assert listed == ORACLE_DISK


@pytest.mark.requirement("OPS-03")
def test_what_operators_read_in_the_log_when_things_go_wrong_is_in_the_manual():
    for name in (*DISK_EVENTS.values(), WAITING, ANSWERS_AGAIN):
        assert name.partition(";")[0] in OPERATIONS


@pytest.mark.requirement("EWS-13")
def test_every_error_code_is_explained_and_no_other():
    assert re.findall(r"^\| (VC-\d{4}) \|", CONTRACT, re.MULTILINE) == sorted(ErrorCode)


def test_every_class_of_errors_is_explained():
    kinds = {kind.request_error for kind in VoteCalError.__subclasses__()}
    assert kinds <= set(first_cells(CONTRACT))


def test_every_message_type_outcome_and_reason_is_explained():
    assert {*MessageType, *FailureReason} <= set(first_cells(CONTRACT))
    assert all(outcome in CONTRACT for outcome in Outcome)


def codes_in_the_source():
    """Codes that the source gives to field errors: those written out where a FieldError is made."""
    for path in (ROOT / "votecal_soap").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FieldError" and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def test_every_field_error_is_explained_and_no_other():
    severities = dict(re.findall(r"^\| (\w+) \| [^|]+ \| (Fatal|NonFatal) \|", CONTRACT, re.MULTILINE))
    of_rules = {rule.code: rule.severity.value for rule in rule_book(shipped_rules(), None).rules if rule.code}
    assert set(severities) == {*of_rules, *codes_in_the_source()}
    assert {code: severities[code] for code in of_rules} == of_rules


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_operation_has_a_request_and_a_response(service):
    wsdl = etree.fromstring(files("wsdl").joinpath(f"{service.name}.wsdl").read_bytes())
    operations = [operation.get("name") for operation in wsdl.iterfind(f"{WSDL}portType/{WSDL}operation")]
    shown = {etree.QName(sample) for sample in samples()}
    for name in operations:
        assert {etree.QName(service.namespace, name), etree.QName(service.namespace, f"{name}Response")} <= shown
        assert f"### {name}\n" in CONTRACT


def samples():
    return [etree.fromstring(text) for text in re.findall(r"```xml\n(.*?)```", CONTRACT, re.DOTALL)]


def test_every_sample_keeps_the_schema():
    schemas = {service.namespace: MessageSchema(service.schema_file) for service in SERVICES}
    files_shown = {kind.root_tag: etree.XMLSchema(etree.fromstring(read_xsd(kind.schema_file), base_url=str(ROOT / "xsd" / "x.xsd"))) for kind in FILES}
    assert files_shown.keys() <= {sample.tag for sample in samples()}
    for sample in samples():
        namespace = etree.QName(sample).namespace
        if sample.tag in files_shown:
            assert files_shown[sample.tag].validate(sample), files_shown[sample.tag].error_log
        elif namespace in schemas:
            assert not schemas[namespace].violations(sample, limit=1), etree.tostring(sample)
        else:
            (detail,) = sample.iterfind("detail/*")
            assert not schemas[etree.QName(detail).namespace].violations(detail, limit=1)


def test_every_action_and_field_of_the_rules_is_explained():
    assert set(Action) <= set(first_cells(RULES))
    assert [name for name in RULE_FIELDS if f"`{name}`" not in RULES] == []


@pytest.mark.requirement("VRU-08")
def test_the_rules_that_are_shown_are_rules():
    shown = re.findall(r"```toml\n(.*?)```", RULES, re.DOTALL)
    books = [rule_book(shipped_rules(), text) for text in shown]
    county = books[-1]
    assert [rule.severity.value for rule in county.rules if rule.code == "PhoneFormat"] == ["Fatal"]
    assert f"Imported; {len(county.rules)} rules are in force" in RULES
    assert all(tomllib.loads(text) for text in shown)


def test_the_tree_in_the_readme_is_the_tree():
    shown = {name.rstrip("/") for cell in re.findall(r"^\| (`.*?`) \|", README, re.MULTILINE) for name in re.findall(r"`([^`]+/)`", cell)}
    packages = {str(path.parent.relative_to(ROOT)) for path in (ROOT / "votecal_soap").glob("*/__init__.py")}
    assert shown == {"wsdl", "xsd", "db", "jobs", "tests", "benchmarks", "clients", "deploy", "docs", *packages}


LINKING = ("README.md", "docs/architecture.md", *CONTRACT_FILES, "docs/operations.md", "docs/dba.md", "docs/rules.md", "docs/console.md")


@pytest.mark.parametrize("document", LINKING)
def test_every_link_leads_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = target.partition("#")
        assert ((ROOT / document).parent / path).exists(), target
        assert path or anchor in headings, target


@pytest.mark.parametrize("document", ["README.md", "docs/architecture.md"])
def test_modules_that_are_named_exist(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    packages = "cli|demo|soap|county|synthetic|use_cases|contract|domain|jobs"
    for name in re.findall(rf"`((?:{packages})\.[a-z_.]+)`", text):
        path = ROOT / (name if name.startswith("jobs.") else f"votecal_soap/{name}").replace(".", "/")
        assert path.with_suffix(".py").is_file() or path.parent.with_suffix(".py").is_file(), name
