"""Makes the console's WSGI application; `wsgi` mounts it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from votecal_soap.console import (
    account,
    context,
    formats,
    job_pages,
    match_case_pages,
    matching_pages,
    queue_pages,
    refusals,
    review_pages,
    sign_in,
    voter_pages,
    work_item_pages,
)
from votecal_soap.console.browser_safety import protect
from votecal_soap.console.sessions import keep_sessions
from votecal_soap.credentials import keyed_hash
from votecal_soap.retrying import retry_undone
from votecal_soap.use_cases.ports import Application
from votecal_soap.use_cases.schedule_job import Recurrence

PATH: Final = "/console"
_FORM_BYTES: Final = 64 << 10
_PAGES: Final = (sign_in, account, work_item_pages, match_case_pages, review_pages, job_pages, queue_pages, matching_pages, voter_pages)


def create_console(services: Application, recurrence: Recurrence) -> Flask:
    """The application, for whatever database, clock and configuration `services` holds; `recurrence` reads cron lines."""
    config = services.config
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=keyed_hash("cookies and forms of the console", config.credential_key.encode()),
        APPLICATION_ROOT=PATH,
        BOOTSTRAP_SERVE_LOCAL=True,
        MAX_CONTENT_LENGTH=_FORM_BYTES,
        SESSION_COOKIE_NAME="votecal_console",
        SESSION_COOKIE_PATH=PATH,
        # No address tells what somebody wanted to see.
        USE_SESSION_FOR_NEXT=True,
        # A form is good for as long as the session is, which ends by itself.
        WTF_CSRF_TIME_LIMIT=None,
    )
    context.install(app, services, recurrence)
    protect(app, config)
    CSRFProtect(app)
    Bootstrap5(app)
    keep_sessions(app)
    formats.install(app)
    refusals.install(app)
    for pages in _PAGES:
        app.register_blueprint(pages.blueprint)
    app.view_functions = {name: _run_again(app.ensure_sync(view)) for name, view in app.view_functions.items()}
    return app


def _run_again(view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
    """A view that is run again when the database undid it: forms can be read twice."""

    @wraps(view)
    def run(**parts: object) -> ResponseReturnValue:
        answer: ResponseReturnValue = retry_undone(lambda: view(**parts))
        return answer

    return run
