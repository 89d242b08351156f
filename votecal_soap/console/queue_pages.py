"""The counties' queues: depth, age, throughput, and messages that a county could not take (OPS-01, EWS-04)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from votecal_soap.console import context
from votecal_soap.console.roles import only
from votecal_soap.errors import NotFound
from votecal_soap.use_cases import poison_messages, queue_view
from votecal_soap.use_cases.acting_user import SOS_ROLES

blueprint = Blueprint("queues", __name__, url_prefix="/queues")

_SETTLE: Final[dict[str, tuple[Callable[..., None], str]]] = {
    "requeue": (poison_messages.requeue, "is offered to the county again"),
    "skip": (poison_messages.skip, "was put aside"),
}


@blueprint.get("/")
def listing() -> str:
    """Every queue that the person may see."""
    return render_template("queues/list.html", lines=queue_view.queues(context.person().user_name, context.reading()))


@blueprint.get("/<county_code>")
def show(county_code: str) -> str:
    """One queue."""
    view = queue_view.queue(county_code, context.person().user_name, context.writing(), context.services().clock)
    return render_template("queues/queue.html", view=view, may_settle=context.person().role in SOS_ROLES)


@blueprint.post("/<county_code>/messages/<int:message_id>/<action>")
@only(*SOS_ROLES)
def settle(county_code: str, message_id: int, action: str) -> Response:
    """Requeue or skip a message that the county could not take."""
    if action not in _SETTLE:
        abort(HTTPStatus.NOT_FOUND)
    use_case, said = _SETTLE[action]
    command = poison_messages.SettlePoison(county_code=county_code, message_id=message_id, acting_user=context.person().user_name)
    try:
        use_case(command, context.writing(), context.services().clock)
    except NotFound as gone:
        flash(gone.text, "warning")
    else:
        flash(f"Message {message_id} {said}.", "success")
    return redirect(url_for(".show", county_code=county_code), HTTPStatus.SEE_OTHER)
