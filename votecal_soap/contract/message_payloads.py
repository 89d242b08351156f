"""Renders the payloads of queue messages: the XML that a county gets, without a namespace of its own.

Strings, not trees: a batch renders a million of them, and each is spliced into its answer as it is (measured: 2 µs
against 25 µs). Values that could hold markup are escaped; enumerations, numbers and ids are not, by their types.
"""

from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

from votecal_soap.domain.batches import FieldError, RecordOutcome


def render_batch_record_result(job_id: int, result: RecordOutcome) -> str:
    """`BatchRecordResult` of `xsd/common-types.xsd` (VRU-11, VRU-12)."""
    reasons = _reasons(result) if result.reason is not None else ""
    uid = f"<StateVoterId>{result.state_voter_id}</StateVoterId>" if result.state_voter_id is not None else ""
    ems_id = f"<EmsVoterId>{result.ems_voter_id}</EmsVoterId>" if result.ems_voter_id is not None else ""
    version = f"<RecordVersion>{result.version}</RecordVersion>" if result.version is not None else ""
    errors = render_field_errors(result.errors) if result.errors else ""
    return (
        f"<BatchRecordResult><JobId>{job_id}</JobId><RecordSequence>{result.sequence}</RecordSequence><Outcome>{result.outcome}</Outcome>"
        f"{reasons}{uid}{ems_id}{version}{errors}</BatchRecordResult>"
    )


def _reasons(result: RecordOutcome) -> str:
    further = "".join([f"<FailureReason>{reason}</FailureReason>" for reason in result.further_reasons])
    return f"<FailureReason>{result.reason}</FailureReason>" + (f"<FurtherReasons>{further}</FurtherReasons>" if further else "")


def render_field_errors(errors: Iterable[FieldError]) -> str:
    """`FieldErrors` of `xsd/common-types.xsd`; nothing when there are none (VRU-12)."""
    told = "".join([_field_error(error) for error in errors])
    return f"<FieldErrors>{told}</FieldErrors>" if told else ""


def _field_error(error: FieldError) -> str:
    ref = f"<Ref>{escape(error.ref)}</Ref>" if error.ref else ""
    return f"<FieldError><Code>{error.code}</Code>{ref}<Severity>{error.severity.value}</Severity><Text>{escape(error.text)}</Text></FieldError>"


def render_idv_result(kind: str, status: str, verified_on: date | None) -> str:
    """`IdvResult` of `xsd/ems-integration.xsd` (IDV-01); the number itself is not repeated."""
    day = f"<VerifiedOn>{verified_on.isoformat()}</VerifiedOn>" if verified_on else ""
    return f"<IdvResult><IdentificationKind>{kind}</IdentificationKind><VerificationStatus>{status}</VerificationStatus>{day}</IdvResult>"
