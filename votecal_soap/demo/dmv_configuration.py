"""What SOS and the counties want of matching, before DMV's files come and between them (COA-04, COA-06, COA-11, COA-12, JOB-04)."""

from datetime import timedelta
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.demo.dmv_making import BLACKED_OUT_COUNTY, PROVISIONAL_COUNTY
from votecal_soap.demo.state_side import ADMINISTRATOR
from votecal_soap.domain.matching import Ceiling, CrossCountyMode, MatchField, MatchingFunction, MatchingMode
from votecal_soap.search.family_rules import RuleName
from votecal_soap.use_cases.blackouts import AddBlackout, add_blackout
from votecal_soap.use_cases.match_configuration import (
    SetCrossCounty,
    SetMatchingMode,
    SetMatchSettings,
    set_cross_county,
    set_match_settings,
    set_matching_mode,
)

NOT_COMPARED: Final = MatchField.GENDER
"""What SOS takes out of the fields of a change of address."""

_REGISTRATIONS_FROM: Final = 100
_BLACKOUT_DAYS: Final = 30


def configure(application: Application) -> None:
    """One county wants moves provisional, in another an election is near; registrations need more than changes of address."""
    unit_of_work, clock = application.unit_of_work, application.clock
    mode = SetMatchingMode(county_code=PROVISIONAL_COUNTY, function=MatchingFunction.DMV_COA, mode=MatchingMode.PROVISIONAL, acting_user=ADMINISTRATOR)
    set_matching_mode(mode, unit_of_work(), clock)
    today = legal_date(clock.now())
    add_blackout(
        AddBlackout(
            first_day=today,
            last_day=today + timedelta(days=_BLACKOUT_DAYS),
            reason="A local election",
            acting_user=ADMINISTRATOR,
            county_code=BLACKED_OUT_COUNTY,
        ),
        unit_of_work(),
        clock,
    )
    registrations = SetMatchSettings(function=MatchingFunction.DMV_REGISTRATION, acting_user=ADMINISTRATOR, automatic=_REGISTRATIONS_FROM)
    set_match_settings(registrations, unit_of_work(), clock)
    coa = SetMatchSettings(
        function=MatchingFunction.DMV_COA,
        acting_user=ADMINISTRATOR,
        fields=frozenset(MatchField) - {NOT_COMPARED},
        # Shipped, this rule holds every candidate but one below the threshold, and none would have a rival there.
        ceilings={RuleName.SEVERAL_CANDIDATES: Ceiling.NONE},
    )
    set_match_settings(coa, unit_of_work(), clock)


def cancel_and_invite(application: Application, *, on: bool) -> None:
    """Whether a move to another county cancels the registration and invites the voter, or takes it along."""
    mode = CrossCountyMode.CANCEL_AND_INVITE if on else CrossCountyMode.TRANSFER
    set_cross_county(SetCrossCounty(mode=mode, acting_user=ADMINISTRATOR), application.unit_of_work(), application.clock)
