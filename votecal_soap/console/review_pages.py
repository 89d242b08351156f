"""SOS's review of two voters whom their counties, or DMV's numbers, could not settle (UC01.13.01, DLR-18)."""

from functools import partial
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from votecal_soap.console import context, formats
from votecal_soap.console.match_case_pages import case_page, case_view, conflict_page
from votecal_soap.console.review_form import review_decision, review_form
from votecal_soap.console.roles import only
from votecal_soap.domain.counties import Role
from votecal_soap.domain.work_lists import WorkItemKind
from votecal_soap.errors import Conflict, InvalidRequest
from votecal_soap.retrying import retry_undone
from votecal_soap.use_cases import review_in_console, sos_work_items
from votecal_soap.use_cases.acting_user import SOS_ROLES

blueprint = Blueprint("reviews", __name__)


@blueprint.post("/cases/<int:case_id>/review")
@only(*SOS_ROLES)
def decide(case_id: int) -> Response | tuple[str, int]:
    """Decide in SOS's name; over an older version it is a conflict, and nothing is changed."""
    view = case_view(case_id)
    form = review_form(view.case)
    if not form.validate_on_submit():
        return case_page(view, review=form), HTTPStatus.UNPROCESSABLE_ENTITY
    services = context.services()
    try:
        review = partial(review_in_console.review, review_decision(view.case, form), context.person().user_name, services.unit_of_work, services.clock)
        decided = retry_undone(review)  # by itself: the look at the case has committed its trace
    except Conflict as conflict:
        return conflict_page(case_id, conflict)
    flash(f"Case {case_id} is now {formats.words(decided.state).lower()}.", "success")
    return redirect(_onward(case_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/cases/<int:case_id>/review/next")
@only(*SOS_ROLES)
def following(case_id: int) -> Response:
    """The next open review; the list of them when there is none."""
    return redirect(_onward(case_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/work-items/sos/<int:item_id>/<any(claim, release):action>")
@only(*SOS_ROLES)
def hold(item_id: int, action: str) -> Response:
    """Take a review to work on, or give it back; whoever saw an older state of it reads why not."""
    use_case = sos_work_items.claim_work_item if action == "claim" else sos_work_items.release_work_item
    with context.writing() as uow:
        item = use_case(item_id, request.form.get("version", 0, type=int), context.person().user_name, uow, context.services().clock)
        uow.commit()
    return redirect(url_for("match_cases.show", case_id=item.case_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/work-items/sos/<int:item_id>/notes")
@only(*SOS_ROLES)
def note(item_id: int) -> Response:
    """Keep a note, for SOS alone; the review stays open (DLR-18)."""
    person = context.person().user_name
    try:
        with context.writing() as uow:
            sos_work_items.note_on_work_item(item_id, request.form.get("note", ""), person, uow, context.services().clock)
            uow.commit()
    except InvalidRequest as error:
        flash(error.text, "warning")
    item = sos_work_items.read_work_item(item_id, person, context.services().unit_of_work).item
    return redirect(url_for("match_cases.show", case_id=item.case_id, _anchor="notes"), HTTPStatus.SEE_OTHER)


@blueprint.post("/work-items/sos/<int:item_id>/acknowledge")
@only(Role.SOS_ADMINISTRATOR)
def acknowledge(item_id: int) -> Response:
    """An administrator has read that a county rejected a match on a verified DL/ID (DUP-06)."""
    with context.writing() as uow:
        sos_work_items.acknowledge_work_item(item_id, request.form.get("version", 0, type=int), context.person().user_name, uow, context.services().clock)
        uow.commit()
    flash("It is marked as read.", "success")
    return redirect(url_for("work_items.listing", kind=WorkItemKind.REJECTED_VERIFIED), HTTPStatus.SEE_OTHER)


def _onward(case_id: int) -> str:
    case = review_in_console.next_review(case_id, context.reading())
    return url_for("work_items.listing", kind=WorkItemKind.REJECTED_DUPLICATE) if case is None else url_for("match_cases.show", case_id=case)
