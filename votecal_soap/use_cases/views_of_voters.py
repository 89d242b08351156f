"""OPS-02 Who saw a voter of another county, or a confidential one, in a match case."""

from collections.abc import Sequence

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.match_notices import MatchNotice
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.ports import UnitOfWorkFactory


def audit_views(notices: Sequence[MatchNotice], caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    """Append an entry for each such voter before the answer goes out; where there is none, nothing is written."""
    now = clock.now()
    day = legal_date(now)
    shown = [(notice, voter) for notice in notices for voter in _voters(notice)]
    seen = [(notice, voter) for notice, voter in shown if voter.county_code != caller.county_code or is_confidential(voter, day)]
    if not seen:
        return
    with unit_of_work() as uow:
        for notice, voter in seen:
            subject = ("Voter", int(voter.state_voter_id))
            record_change(uow, at=now, actor=actor(caller), action="ViewVoter", subject=subject, county_code=caller.county_code, new={"case": notice.case_id})
        uow.commit()


def _voters(notice: MatchNotice) -> list[Voter]:
    return [notice.voter] if notice.duplicate is None else [notice.voter, notice.duplicate.other_voter]
