"""What a person reads when something cannot be done: plain words, and what to do next; never a traceback."""

import logging
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from votecal_soap.console import context
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound, Unavailable, VoteCalError
from votecal_soap.log import correlation_id, event
from votecal_soap.storage import told_by

logger = logging.getLogger(__name__)

_STATUSES: Final = {
    InvalidRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_TITLES: Final = {
    HTTPStatus.BAD_REQUEST: "This cannot be read",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something has to be mended first",
    HTTPStatus.NOT_FOUND: "There is no such page or record",
    HTTPStatus.FORBIDDEN: "This is not yours to do",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page is not opened that way",
    HTTPStatus.CONFLICT: "Somebody was here before you",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This is too large",
    HTTPStatus.TOO_MANY_REQUESTS: "Please wait",
    HTTPStatus.SERVICE_UNAVAILABLE: "Busy just now",
}


def install(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(VoteCalError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: VoteCalError) -> HTTPStatus:
    """The HTTP status of an error."""
    if error.code is ErrorCode.THROTTLED:
        return HTTPStatus.TOO_MANY_REQUESTS
    return next(status for kind, status in _STATUSES.items() if isinstance(error, kind))


def _refused(error: VoteCalError) -> Response:
    response = _page(status_of(error), error.text, code=error.code)
    if error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _stale_form(_: CSRFError) -> Response:
    text = "This form is from an earlier sign-in, or did not come from this console. Nothing was changed: open the page anew and try again."
    return _page(HTTPStatus.BAD_REQUEST, text)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirection
    response = _page(HTTPStatus(error.code), "Go back, or begin at the summary of the work items.")
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    if (told := told_by(error)) is not None:
        return _refused(told)
    event(logger, "unexpected error", level=logging.ERROR, exc_info=True)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong at the state. It is written down; quote the number below when you ask about it.")


def _page(status: HTTPStatus, text: str, code: str | None = None) -> Response:
    record = context.call_record()
    if record is not None and code is not None:
        record.fault = code
    title = _TITLES.get(status, status.phrase if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Something went wrong")
    again = request.path if request.method == "GET" else None
    told: dict[str, object] = {"title": title, "text": text, "code": code, "again": again, "status": status, "correlation_id": correlation_id.get()}
    return make_response(_rendered(told), status)


def _rendered(told: dict[str, object]) -> str:
    try:
        return render_template("refusal.html", **told)
    except VoteCalError:
        # The head of a page tells who is signed in, which only the database knows: while it is away a refusal does without.
        context.answer_as_nobodys()
        return render_template("refusal.html", nobody=True, **told)
