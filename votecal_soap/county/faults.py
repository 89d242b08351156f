"""What went wrong on the way to the state, as errors of our own tree: which of them are worth sending again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import requests
import zeep
import zeep.exceptions

from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound, Unavailable, VoteCalError

_CLASSES: Final[dict[str, type[VoteCalError]]] = {kind.request_error: kind for kind in (Conflict, InvalidRequest, NotAllowed, NotFound, Unavailable)}
_CODES: Final = {code.value: code for code in ErrorCode}
# 408 and 429 ask for another try, 5xx too, and 200 without a SOAP answer: a page of a proxy, not the state's own word.
_PASSING_STATUSES: Final = frozenset({408, 425, 429})


@contextmanager
def translated(client: zeep.Client) -> Iterator[None]:
    """Turn what zeep and requests raise into `VoteCalError`s."""
    try:
        yield
    except zeep.exceptions.Fault as fault:
        raise _from_fault(client, fault) from fault
    except zeep.exceptions.TransportError as error:
        raise error_of_status(error.status_code) from error
    except zeep.exceptions.Error as error:
        raise InvalidRequest(ErrorCode.ENVELOPE_WRONG, "The message does not keep the contract.") from error
    except requests.RequestException as error:
        raise Unavailable(ErrorCode.BUSY, "The state cannot be reached.") from error


def error_of_status(status: int, code: ErrorCode = ErrorCode.INTERNAL) -> VoteCalError:
    """The error of an HTTP status without a fault; the code when the body told one."""
    kind: type[VoteCalError] = InvalidRequest
    if status == requests.codes.ok or status >= 500 or status in _PASSING_STATUSES:
        kind = Unavailable
    elif status in (401, 403):
        kind = NotAllowed
    elif status == 409:
        kind = Conflict
    return kind(code, f"The state's web server answered with status {status}.")


def code_of(text: str | None) -> ErrorCode:
    """The code of that text; a newer state may have codes that this county does not know."""
    return _CODES.get(text or "", ErrorCode.INTERNAL)


def _from_fault(client: zeep.Client, fault: zeep.exceptions.Fault) -> VoteCalError:
    if fault.detail is None or not len(fault.detail):
        mended = str(fault.code).endswith(("Client", "Sender"))
        text = "The state answered with a fault without detail."
        return InvalidRequest(ErrorCode.ENVELOPE_WRONG, text) if mended else Unavailable(ErrorCode.INTERNAL, text)
    detail = client.wsdl.types.deserialize(fault.detail[0])
    kind = Unavailable if detail.Retryable else _CLASSES.get(detail.Name, InvalidRequest)
    return kind(code_of(detail.Code), detail.Text, ref=detail.Ref, retry_after_seconds=detail.RetryAfterSeconds)
