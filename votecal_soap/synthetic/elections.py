"""Elections for demo, tests and benchmarks."""

from datetime import date

from votecal_soap.domain.counties import Election


def elections() -> list[Election]:
    """Two statewide elections with federal offices and a special one, and those before at which people voted."""
    return [
        *past_elections(),
        Election(election_id="2026-PRIMARY", name="Statewide Direct Primary 2026", election_date=date(2026, 6, 2), federal=True),
        Election(election_id="2026-GENERAL", name="General Election 2026", election_date=date(2026, 11, 3), federal=True),
        Election(election_id="2027-SPECIAL", name="Special Statewide Election 2027", election_date=date(2027, 3, 2)),
    ]


def past_elections() -> list[Election]:
    """What a voting history is made of."""
    return [
        Election(election_id="2018-GENERAL", name="General Election 2018", election_date=date(2018, 11, 6), federal=True),
        Election(election_id="2020-PRIMARY", name="Presidential Primary 2020", election_date=date(2020, 3, 3), federal=True),
        Election(election_id="2020-GENERAL", name="General Election 2020", election_date=date(2020, 11, 3), federal=True),
        Election(election_id="2021-RECALL", name="Gubernatorial Recall 2021", election_date=date(2021, 9, 14)),
        Election(election_id="2022-GENERAL", name="General Election 2022", election_date=date(2022, 11, 8), federal=True),
        Election(election_id="2024-GENERAL", name="General Election 2024", election_date=date(2024, 11, 5), federal=True),
        Election(election_id="2025-SPECIAL", name="Special Statewide Election 2025", election_date=date(2025, 11, 4)),
    ]
