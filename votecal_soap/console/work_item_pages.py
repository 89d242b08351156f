"""The Work Item Summary, and the list of each type (DLR-03, DLR-05)."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from votecal_soap.console import context
from votecal_soap.console.roles import only
from votecal_soap.domain.sos_work_items import SosItemSort, SosItemType
from votecal_soap.domain.work_lists import CaseOrder, CasePosition, WorkItemKind
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases import assign_dmv_record, credential_alerts, review_list, work_item_list, work_item_summary
from votecal_soap.use_cases.acting_user import SOS_ROLES
from votecal_soap.use_cases.refuse_access import refuse_page

blueprint = Blueprint("work_items", __name__)


@blueprint.get("/")
def summary() -> str:
    """Every type with its open and overdue items."""
    person = context.person()
    found = work_item_summary.summary(person.user_name, context.reading(), context.services().clock)
    alerts = credential_alerts.listed(person.user_name, context.reading()) if person.role in SOS_ROLES else ()
    return render_template("work_items/summary.html", summary=found, alerts=alerts)


@blueprint.post("/credential-alerts/read")
@only(*SOS_ROLES)
def read_alert() -> Response:
    """Somebody of SOS has read that a credential is called with wrong secrets (EWS-01)."""
    try:
        credential_alerts.mark_read(request.form.get("username", ""), context.person().user_name, context.writing(), context.services().clock)
    except NotFound as error:
        flash(error.text, "warning")
    return redirect(url_for(".summary"), HTTPStatus.SEE_OTHER)


@blueprint.get("/work-items/<kind>")
def listing(kind: str) -> str:
    """The items of one type."""
    if kind not in set(WorkItemKind):
        abort(404)
    chosen = WorkItemKind(kind)
    if chosen.is_of_sos and context.person().role not in SOS_ROLES:
        refuse_page(context.person(), f"work_items.{chosen}", context.writing(), context.services().clock)
    if chosen.sos_item_type is not None:
        return _reviews(chosen, chosen.sos_item_type)
    return _records(chosen) if chosen is WorkItemKind.UNRESOLVED_DMV else _cases(chosen)


@blueprint.post("/work-items/unresolved-dmv/assign")
@only(*SOS_ROLES)
def assign() -> Response:
    """Send a DMV record of no county to the county that SOS found out (COA-21)."""
    work_item_id, county_code = request.form.get("item", type=int), request.form.get("county") or ""
    if work_item_id is None:
        flash("Choose the record that the county is to have.", "warning")
    else:
        _assign(assign_dmv_record.AssignDmvRecord(work_item_id=work_item_id, county_code=county_code, acting_user=context.person().user_name))
    return redirect(url_for(".listing", kind=WorkItemKind.UNRESOLVED_DMV), HTTPStatus.SEE_OTHER)


def _assign(command: assign_dmv_record.AssignDmvRecord) -> None:
    try:
        assign_dmv_record.assign_dmv_record(command, context.writing(), context.services().clock)
    except (Conflict, InvalidRequest, NotFound) as error:
        flash(error.text, "warning")
    else:
        flash(f"Record {command.work_item_id} was sent to county {command.county_code}.", "success")


def _cases(kind: WorkItemKind) -> str:
    command = work_item_list.ListWorkItems(
        kind=kind,
        acting_user=context.person().user_name,
        order=_order(),
        county_code=request.args.get("county") or None,
        overdue_only=request.args.get("overdue") == "1",
        after=read_position(request.args.get("after")),
    )
    page = work_item_list.list_cases(command, context.writing(), context.services().clock)
    following = None if page.following is None else write_position(page.following)
    return render_template("work_items/cases.html", kind=kind, command=command, page=page, orders=CaseOrder, following=following)


def _reviews(kind: WorkItemKind, item_type: SosItemType) -> str:
    command = review_list.ListReviews(
        item_type=item_type,
        acting_user=context.person().user_name,
        sort=SosItemSort.OPENED if request.args.get("sort") == SosItemSort.OPENED else SosItemSort.DUE,
        overdue_only=request.args.get("overdue") == "1",
        unclaimed_only=request.args.get("unclaimed") == "1",
        after_item_id=request.args.get("after", 0, type=int),
        after_case_id=request.args.get("after_pair", 0, type=int),
    )
    page = review_list.list_reviews(command, context.writing(), context.services().clock)
    return render_template("work_items/reviews.html", kind=kind, kinds=WorkItemKind, command=command, page=page)


def _records(kind: WorkItemKind) -> str:
    after = request.args.get("after", 0, type=int)
    items, following = work_item_list.list_unresolved(context.person().user_name, after, context.reading())
    return render_template("work_items/records.html", kind=kind, items=items, following=following, after=after)


def _order() -> CaseOrder:
    try:
        return CaseOrder(request.args.get("sort", CaseOrder.DUE))
    except ValueError:
        return CaseOrder.DUE


def write_position(position: CasePosition) -> str:
    """Where a page begins, for an address: a day or a number, and an id."""
    return f"{'' if position.value is None else position.value}.{position.case_id}"


def read_position(text: str | None) -> CasePosition | None:
    """The position that an address names."""
    if not text:
        return None
    value, _, case_id = text.rpartition(".")
    try:
        return CasePosition(_value(value), int(case_id))
    except ValueError as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This is no page of the list.", ref="after") from error


def _value(text: str) -> date | int | None:
    if not text:
        return None
    return date.fromisoformat(text) if "-" in text else int(text)
