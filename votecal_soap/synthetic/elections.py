"""Elections for demo, tests and benchmarks."""

from datetime import date

from votecal_soap.domain.counties import Election


def elections() -> list[Election]:
    """Two statewide elections and a special one."""
    return [
        Election(election_id="2026-PRIMARY", name="Statewide Direct Primary 2026", election_date=date(2026, 6, 2)),
        Election(election_id="2026-GENERAL", name="General Election 2026", election_date=date(2026, 11, 3)),
        Election(election_id="2027-SPECIAL", name="Special Statewide Election 2027", election_date=date(2027, 3, 2)),
    ]
