"""Every page, opened by whoever may."""

import pytest

from .console_site import ADA, OURS, SAM, THEIRS


@pytest.mark.requirement("DLR-03")
def test_the_summary_counts_what_is_open_and_what_is_overdue(any_site):
    site = any_site
    assert "DMV changes of address to decide" in site.browser(SAM).get("/")
    site.tick(days=30)
    page = site.browser(SAM).get("/")
    assert "3 overdue" in page


PAGES = (
    "/",
    "/work-items/dmv-coa",
    "/work-items/dmv-coa?sort=confidence",
    "/work-items/dmv-coa?sort=oldest",
    "/work-items/provisional",
    "/work-items/duplicate-voter",
    "/work-items/unresolved-dmv",
    "/cases/1",
    f"/voters/{OURS}",
    f"/voters/{OURS}?version=1",
    f"/voters/{OURS}?as_of=2026-03-01",
    f"/voters/{OURS}/explain/{THEIRS}",
    "/voters/",
    "/queues/",
    "/queues/19",
    "/jobs/",
    "/jobs/new",
    "/jobs/1",
    "/matching/",
    "/matching/functions/dmv_coa",
    "/account",
)


@pytest.mark.parametrize("path", PAGES)
def test_an_administrator_opens_every_page(site, path):
    page = site.browser(ADA).get(path)
    assert page.count("<h1") == 1
    assert 'lang="en"' in page
    assert "Traceback" not in page
