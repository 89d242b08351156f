"""The one fault detail of every operation (EWS-13)."""

from votecal_soap.contract.markup import branch, leaf
from votecal_soap.domain.batches import Severity
from votecal_soap.errors import VoteCalError


def render_fault_detail(error: VoteCalError, namespace: str, correlation_id: str, operation: str | None) -> str:
    """`VoteCalFault` of `xsd/faults.xsd`, in the namespace of the service that was called.

    A place that an error names without a path is inside the operation's element.
    """
    ref = f"/{operation}/{error.ref}" if error.ref and operation and not error.ref.startswith("/") else error.ref
    return branch(
        "VoteCalFault",
        leaf("Code", error.code.value),
        leaf("Name", error.request_error),
        leaf("Severity", Severity.FATAL.value),
        leaf("Ref", ref),
        leaf("Text", error.text),
        leaf("Retryable", error.retryable),
        leaf("RetryAfterSeconds", error.retry_after_seconds),
        leaf("CorrelationId", correlation_id),
        namespace=namespace,
    )
