import jobs.catalogue
from jobs.catalogue import CATALOGUE
from votecal_soap.domain.jobs import JobType


def test_every_kind_of_job_is_in_the_catalogue():
    assert set(CATALOGUE) == set(JobType)


def test_the_table_that_people_read_says_what_the_code_does():
    lines = {line.split()[0]: line for line in jobs.catalogue.__doc__.splitlines() if line.split()[:1] and line.split()[0] in set(JobType)}
    for kind in JobType:
        _, runs, repeatable, county_batch = lines[kind].split()[:4]
        assert CATALOGUE[kind].run.__module__ == f"jobs.{runs}"
        assert repeatable == ("yes" if kind.is_repeatable else "never")
        assert county_batch == ("yes" if kind.is_county_batch else "no")
