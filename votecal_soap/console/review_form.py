"""What an SOS user fills in to review two voters: the decision, its cause, and what becomes of either record's DL/ID (DLR-18)."""

from typing import Final

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from votecal_soap.console import choices
from votecal_soap.domain.duplicate_cases import LicenseAction, LicenseCorrection, RejectionCause, ReviewDecision
from votecal_soap.domain.match_cases import Decision, MatchCase
from votecal_soap.errors import ErrorCode, InvalidRequest

BASIS_LENGTH: Final = 300

_SAID: Final = (
    (str(Decision.ACCEPT), "Accept: the same person; the records are merged"),
    (str(Decision.REJECT), "Reject: two persons"),
)
_ACTIONS: Final = (
    ("", "Leave it"),
    (str(LicenseAction.NOT_VERIFIED), "Mark it not verified"),
    (str(LicenseAction.CHANGE), "Change it; DMV is asked about the new number"),
    (str(LicenseAction.REMOVE), "Remove it"),
)


class ReviewForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A decision over the version that was read; `one` is the lower UID of the two."""

    version = HiddenField(validators=[InputRequired()])
    decision = RadioField("Decision", choices=choices.choices(_SAID), validators=[InputRequired("Choose what you decide.")])
    cause = SelectField("Cause", choices=choices.members(RejectionCause, nothing="–"), default="", description="A rejection needs one.")
    basis = TextAreaField(
        "Basis",
        [InputRequired("Say in a few words what you decided by."), Length(max=BASIS_LENGTH)],
        description="What you decided by. It stands in both voters' histories and in the counties' messages; write no numbers of documents.",
        render_kw={"rows": 2, "maxlength": BASIS_LENGTH},
    )
    one_action = SelectField(choices=choices.choices(_ACTIONS), default="")
    one_number = StringField("Its new number", [Length(max=20)], render_kw={"autocomplete": "off"})
    other_action = SelectField(choices=choices.choices(_ACTIONS), default="")
    other_number = StringField("Its new number", [Length(max=20)], render_kw={"autocomplete": "off"})
    submit = SubmitField("Decide for SOS")

    def validate_cause(self, field: SelectField) -> None:
        """A rejection has one."""
        if self.decision.data == Decision.REJECT and not field.data:
            raise ValidationError("A rejection records its cause.")

    def validate_one_number(self, field: StringField) -> None:
        """There is one when the number is changed, and only then."""
        _check_number(self.one_action.data, field.data)

    def validate_other_number(self, field: StringField) -> None:
        """Likewise."""
        _check_number(self.other_action.data, field.data)


def review_form(case: MatchCase) -> ReviewForm:
    """For the case as it stands, or with what was sent."""
    form = ReviewForm(version=str(case.version))
    form.one_action.label.text = f"DL/ID of voter {case.state_voter_id}"
    form.other_action.label.text = f"DL/ID of voter {case.other_state_voter_id}"
    return form


def review_decision(case: MatchCase, form: ReviewForm) -> ReviewDecision:
    """What a valid form says."""
    given = ((case.state_voter_id, form.one_action.data, form.one_number.data), (case.other_state_voter_id, form.other_action.data, form.other_number.data))
    return ReviewDecision(
        case_id=case.case_id,
        expected_version=read_version(form.version.data),
        same_person=form.decision.data == Decision.ACCEPT,
        basis=form.basis.data.strip(),
        cause=RejectionCause(form.cause.data) if form.cause.data else None,
        corrections=tuple(LicenseCorrection(uid, LicenseAction(action), _plain(number) or None) for uid, action, number in given if uid and action),
    )


def read_version(text: str) -> int:
    """The version that a form saw."""
    try:
        return int(text)
    except ValueError as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The form does not say which version it saw.", ref="version") from error


def _check_number(action: str, number: str | None) -> None:
    if not action and not _plain(number):
        return
    # A number without an action is no more right than one beside "mark it not verified".
    problem = LicenseCorrection(0, LicenseAction(action or LicenseAction.NOT_VERIFIED), _plain(number) or None).problem
    if problem is not None:
        raise ValidationError(problem)


def _plain(number: str | None) -> str:
    """As the roll writes a DL/ID: no blanks, no hyphens."""
    return (number or "").replace(" ", "").replace("-", "").upper()
