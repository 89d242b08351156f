"""What a schema lets pass, the reader behind it takes or refuses by a typed error: a mutated request, batch file or DMV file (EWS-13, VRU-18, COA-01).

Short here; `make fuzz` tries for longer.
"""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from votecal_soap.contract import (
    batch_data_exchange,
    ems_integration,
    match_cases,
    merged_data,
    reference_data,
    registrations,
    synchronisation,
    voter_attachments,
    voter_changes,
    voter_records,
    voter_search,
)
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_source import ReadingRules, open_batch, read_blocks
from votecal_soap.contract.dmv_coa_file import open_dmv_coa_file
from votecal_soap.contract.dmv_coa_reader import read_dmv_records
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.contract.wsdl import SERVICES
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rules import Reference, rule_book
from votecal_soap.errors import VoteCalError

from .dmv_samples import a_record, document

EXAMPLES: Final = int(os.environ.get("FUZZ_EXAMPLES", "100"))
few = settings(max_examples=max(6, EXAMPLES // 8), deadline=None, suppress_health_check=list(HealthCheck))
Reader = Callable[[etree._Element], object]
READERS: Final[Mapping[str, Reader]] = {
    "AcknowledgeJob": batch_data_exchange.read_acknowledgement,
    "AppendChunk": batch_data_exchange.read_chunk,
    "BeginUpload": batch_data_exchange.read_announcement,
    "CompleteUpload": batch_data_exchange.read_upload_id,
    "GetJobResults": batch_data_exchange.read_result_query,
    "GetJobStatus": batch_data_exchange.read_job_id,
    "GetUploadStatus": batch_data_exchange.read_upload_id,
    "AcceptTransferOut": match_cases.read_transfer_decision,
    "AddVoterActivity": voter_attachments.read_activity,
    "AttachImage": voter_attachments.read_image,
    "ClearMessages": ems_integration.read_clearances,
    "ConfirmVncPrinted": voter_attachments.read_printed_cards,
    "DecideMatchCase": match_cases.read_case_decision,
    "EnterDeclinedVoter": voter_changes.read_declined,
    "GetImage": voter_attachments.read_image_query,
    "GetMatchCase": match_cases.read_match_case_id,
    "GetMessageQueue": ems_integration.read_message_query,
    "GetMessages": ems_integration.read_message_ids,
    "GetReferenceData": reference_data.read_reference_queries,
    "GetSynchronizationDigest": synchronisation.read_digest_query,
    "GetVoter": voter_records.read_voter_query,
    "ListDifferences": synchronisation.read_difference_query,
    "ListMatchCases": match_cases.read_match_case_query,
    "PullMergedData": merged_data.read_merged_data_query,
    "RegisterVoter": registrations.read_registration,
    "ReportUnresolvedCoa": match_cases.read_unresolved_coa_report,
    "ReverseTransferOut": match_cases.read_transfer_decision,
    "SearchVoters": voter_search.read_voter_search,
    "TransferVoter": voter_changes.read_transfer,
    "UndoMatchCase": match_cases.read_undo,
    "UndoTransferOut": match_cases.read_transfer_decision,
    "UpdateVoter": voter_changes.read_update,
}
NOTHING_TO_READ: Final = {"GetPendingJobs"}
VALUES: Final = st.one_of(
    st.sampled_from(
        [
            *("", " ", "\n", "0", "1", "-1", "+7", " 7 ", "\t7\n", "007", "9223372036854775807", "-9223372036854775808", "true", " 1 ", "false"),
            *("0001-01-01", "9999-12-31", "2024-02-29", "2023-02-29", "2024-02-29Z", "2024-02-29+14:00", "-0001-01-01", "12024-01-01", "2026-03-08T02:30:00"),
            *("24:00:00", "2026-03-01T24:00:00Z", "AAAA", "A A A A", " AA==\n", "A", "=", "\u00e9" * 60, "\u0663", "Applied:1", "Document:1:2", "VC-1"),
        ]
    ),
    st.text(max_size=12),
    st.integers(-10, 2**64).map(str),
    st.dates().map(str),
)
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'


CONTRACT: Final = Path(__file__).parents[2] / "docs" / "contract.md"
RECORDED: Final = re.compile(r"<!-- sample ([a-z-]+) (\w+) -->\n```xml\n(.*?)\n```", re.DOTALL)
SCHEMAS: Final = {service.name: MessageSchema(service.schema_file) for service in SERVICES}
REQUESTS: Final = {name: (service, request) for service, name, request in RECORDED.findall(CONTRACT.read_text(encoding="utf-8")) if name != "Ping"}
"""Operation to service and the request that the contract's documents show: valid to begin with."""


def changed(root: etree._Element, data: st.DataObject, most: int) -> None:
    """Up to so many elements get another value, or go away; the rest stays, so that the schema lets much of it pass."""
    for _ in range(data.draw(st.integers(1, most))):
        element = data.draw(st.sampled_from(list(root.iter(etree.Element))))
        parent = element.getparent()
        if len(element) or data.draw(st.integers(0, 4)) == 0:
            if parent is not None:
                parent.remove(element)
            continue
        try:
            element.text = data.draw(VALUES)
        except ValueError:
            element.text = None  # no XML can hold it


def test_every_operation_has_a_reader_here_and_a_request_to_begin_with_that_is_valid():
    assert REQUESTS.keys() == READERS.keys() | NOTHING_TO_READ
    for name, (service, request) in REQUESTS.items():
        root = etree.fromstring(request)
        assert not SCHEMAS[service].violations(root)
        if name in READERS:
            READERS[name](root)


@pytest.mark.requirement("EWS-13")
def test_a_chunk_that_is_no_base64_and_that_libxml2_lets_pass_is_refused():
    service, request = REQUESTS["AppendChunk"]
    root = etree.fromstring(request)
    root.find("{*}Content").text = "\u00e9"
    assert not SCHEMAS[service].violations(root)
    with pytest.raises(VoteCalError) as refusal:
        READERS["AppendChunk"](root)
    assert (refusal.value.code.value, refusal.value.ref) == ("VC-1010", "Content")


@pytest.mark.requirement("EWS-13")
@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@few
def test_whatever_the_schema_lets_pass_is_read_or_refused_by_code(name, data):
    service, request = REQUESTS[name]
    root = etree.fromstring(request)
    changed(root, data, 2)
    if SCHEMAS[service].violations(root):
        return
    try:
        READERS[name](root)
    except VoteCalError as error:
        assert error.code.value.startswith("VC-")


BATCH: Final = (
    f"{DECLARATION}\n"
    '<VoterRecordUpdateBatch xmlns="urn:votecal:voter-record-update-batch:v1">\n'
    "<Header><CountyCode>19</CountyCode><BatchType>VoterRecordUpdate</BatchType><JobId>3</JobId><SchemaVersion>1.0</SchemaVersion>"
    "<CreatedAt>2026-03-01T06:00:00Z</CreatedAt><VendorApplicationId>By hand</VendorApplicationId></Header>\n"
    '<Record sequence="1"><StateVoterId>100000001</StateVoterId><EmsVoterId>1</EmsVoterId><BaseVersion>1</BaseVersion><EffectiveDate>2026-02-01</EffectiveDate>'
    "<Registration><Name><FirstName>Ana</FirstName><LastName>Garcia</LastName></Name><DateOfBirth>1980-02-29</DateOfBirth><Phone>555</Phone>"
    "<HomePrecinct><PrecinctCode>4600002</PrecinctCode></HomePrecinct></Registration>"
    "<VotingPrecinct><ElectionId>E</ElectionId><PrecinctCode>4600002</PrecinctCode></VotingPrecinct></Record>\n"
    '<Record sequence="2"><EmsVoterId>2</EmsVoterId><Registration><Phone>556</Phone></Registration></Record>\n'
    "<Trailer><RecordCount>2</RecordCount></Trailer>\n</VoterRecordUpdateBatch>\n"
)
DMV: Final = document(a_record(1), a_record(2))
BOOK: Final = rule_book(files("votecal_soap.domain").joinpath("statewide_rules.toml").read_text(encoding="utf-8"), None)
CODES: Final = Reference(codes={}, precincts=frozenset({"4600002"}), elections=frozenset({"E"}), today=date(2026, 3, 1))
RULES: Final = ReadingRules(book=BOOK, reference=CODES, batch_type="VoterRecordUpdate", kinds=frozenset(DataKind), election_id="E")
EXPECTED: Final = BatchExpectation(county_code="19", batch_type="VoterRecordUpdate", job_id=3, record_count=2)


def read_batch(path: Path) -> int:
    return sum(len(block.records) for block in read_blocks(open_batch(path, EXPECTED), RULES, 0, 0))


def read_dmv(path: Path) -> int:
    file = open_dmv_coa_file(path)
    found = list(read_dmv_records(file))
    assert len(found) == file.record_count
    return len(found)


def mangled(document: str, data: st.DataObject) -> bytes:
    """The file with some elements changed, and perhaps some bytes of it too."""
    root = etree.fromstring(document.encode())
    changed(root, data, 4)
    content = bytearray(etree.tostring(root, xml_declaration=True, encoding="UTF-8") if data.draw(st.booleans()) else document.encode())
    for _ in range(data.draw(st.integers(0, 3))):
        place, piece = data.draw(st.integers(0, len(content))), data.draw(PIECES)
        content[place : place + data.draw(st.sampled_from([0, 1, len(piece), 40]))] = piece
    return bytes(content)


PIECES: Final = st.one_of(
    st.binary(max_size=4),
    st.sampled_from(
        [
            b"",
            b"<!-- -->",
            b"<![CDATA[",
            b"]]>",
            b"<?x?>",
            b"&lt;",
            b"&#0;",
            b"<!DOCTYPE a>",
            b"</Record>",
            b"<Record sequence='3'/>",
            b"<Trailer>",
            b"\xff",
            b"\xef\xbb\xbf",
        ]
    ),
)


@pytest.mark.requirement("VRU-18", "COA-01")
@pytest.mark.parametrize(("document_", "read"), [pytest.param(BATCH, read_batch, id="batch"), pytest.param(DMV, read_dmv, id="dmv")])
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mangled_file_is_refused_whole_by_code_or_read_record_by_record(document_, read, data):
    with tempfile.NamedTemporaryFile(suffix=".xml") as made:
        made.write(mangled(document_, data))
        made.flush()
        try:
            assert read(Path(made.name)) > 0
        except VoteCalError as error:
            assert error.code.value.startswith("VC-")


@pytest.mark.parametrize(("document_", "read"), [(BATCH, read_batch), (DMV, read_dmv)])
def test_the_files_that_are_mangled_are_whole_at_first(document_, read, tmp_path):
    path = tmp_path / "whole.xml"
    path.write_text(document_, encoding="utf-8")
    assert read(path) == 2
