"""A pair of voters of two counties on one verified DL/ID, and what clerks say of it in the console."""

from typing import Any

from fakes.dmv import a_voter
from integration.matching.dmv_runs import TODAY

from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.use_cases.open_duplicate_cases import open_duplicate_cases

from .console_site import DAN, LEE, Browser, Site

OLDER, NEWER, THIRD = 100_000_011, 100_000_012, 100_000_013
LICENSE = "D7654321"
CRITERIA = (Criterion(MatchField.DRIVERS_LICENSE, "same", 18.5, "Same DL/ID"), Criterion(MatchField.FIRST_NAME, "differs", -3.5, "Different first names"))


def detect(site: Site, *pairs: DuplicatePair) -> None:
    """What the detection hands over."""
    with site.runs.factory() as uow:
        open_duplicate_cases(uow, pairs, site.runs.clock, weights_version="expert-1")
        uow.commit()


def pair(one: int = OLDER, other: int = NEWER) -> DuplicatePair:
    """Two records of one verified DL/ID."""
    return DuplicatePair(one, other, 80, CRITERIA, None, True, True)


def detect_one_pair(site: Site) -> None:
    """An older record of Los Angeles and a newer one of San Diego."""
    number = {"drivers_license": LICENSE, "drivers_license_status": "Verified", "drivers_license_verified_on": TODAY}
    site.runs.add_voters(
        a_voter(OLDER, county_code="19", first_name="ANNA", last_name="QUIMBY", registration_date=TODAY.replace(year=2010), **number),
        a_voter(NEWER, county_code="37", first_name="ANNE", last_name="QUIMBY", registration_date=TODAY.replace(year=2020), **number),
    )
    detect(site, pair())


def case_of(site: Site, one: int = OLDER) -> Any:
    """The pair's case as it stands."""
    return site.runs.cases(case_type="DuplicateVoter", state_voter_id=one)[-1]


def word(browser: Browser, case: Any, decision: str = "Reject") -> None:
    """What a clerk decides."""
    path = f"/cases/{case.case_id}"
    browser.post(f"{path}/decide", page=path, version=case.case_version, decision=decision, basis="our paper form")


def reject_in_both_counties(site: Site) -> None:
    """First in Los Angeles, then in San Diego: the case is SOS's then."""
    for user_name in (LEE, DAN):
        word(site.browser(user_name), case_of(site))
