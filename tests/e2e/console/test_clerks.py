"""What clerks and administrators do in the console, clicked through in Chromium."""

from datetime import date

import pytest
from integration.console.console_site import ADA, CORA, DAN, LEE, OURS, SAM
from integration.console.rejected_pairs import NEWER, OLDER, case_of, detect_one_pair, reject_in_both_counties
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from votecal_soap.domain.counties import Election
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.voter_children import NewChild, Participation, VotingMethod


@pytest.mark.requirement("DLR-03")
def test_a_clerk_signs_in_opens_a_case_and_accepts_it(browse, site):
    page = browse()
    page.sign_in(LEE)
    page.shoot("01-summary")
    page.click("DMV changes of address")
    page.shoot("02-list")
    page.driver.find_element(By.LINK_TEXT, "1").click()
    page.wait_for("Both records")
    page.shoot("03-case")
    page.one("input[value=Accept]").click()
    page.one("textarea[name=basis]").send_keys("the same person; she telephoned")
    page.click("Decide")
    page.wait_for("is now accepted")
    assert site.case().case_state == "Accepted"
    assert page.complaints() == []


@pytest.mark.slow
@pytest.mark.requirement("DLR-03")
def test_keys_choose_the_decision_and_go_on(browse, site):
    page = browse()
    page.sign_in(ADA)
    page.open("/cases/1")
    page.press("n")
    page.wait_for("case 2")
    page.press("r")
    page.driver.switch_to.active_element.send_keys("another person: born elsewhere, an a and an r")
    assert page.one("input[value=Reject]").is_selected()
    page.driver.switch_to.active_element.send_keys(Keys.TAB)
    page.click("Decide")
    page.wait_for("Case 2 is now rejected.")
    assert page.complaints() == []


@pytest.mark.slow
@pytest.mark.requirement("DLR-20")
def test_of_two_clerks_one_wins_and_the_other_reads_it(browse, site):
    first, second = browse(), browse()
    first.sign_in(LEE)
    second.sign_in(CORA)
    for page in (first, second):
        page.open("/cases/1")
    first.one("input[value=Reject]").click()
    first.one("textarea[name=basis]").send_keys("another person")
    first.click("Decide")
    first.wait_for("is now rejected")
    second.one("input[value=Accept]").click()
    second.one("textarea[name=basis]").send_keys("the same person, I am sure")
    second.click("Decide")
    second.wait_for("Somebody was here before you")
    second.wait_for("the same person, I am sure")
    second.shoot("04-conflict")
    assert (site.case().case_state, site.runs.voter(OURS).version) == ("Rejected", 1)


@pytest.mark.slow
@pytest.mark.requirement("DLR-20", "DUP-03")
def test_of_two_counties_that_decide_a_pair_at_once_one_wins_and_nothing_is_half_merged(browse, site):
    detect_one_pair(site)
    pages = [browse(), browse()]
    for page, clerk, key, basis in zip(pages, (LEE, DAN), "ar", ("one hand on both affidavits", "ours was born elsewhere"), strict=True):
        page.sign_in(clerk)
        page.open(f"/cases/{case_of(site).case_id}")
        page.press(key)
        page.driver.switch_to.active_element.send_keys(basis)
    first, second = pages
    first.click("Decide")
    first.wait_for("is now accepted")
    second.click("Decide")
    second.wait_for("Somebody was here before you")
    second.wait_for("ours was born elsewhere")
    second.shoot("20-conflict-over-a-pair")
    second.click("Read the case as it is now")
    second.wait_for("Accepted")
    older, newer = site.runs.voter(OLDER), site.runs.voter(NEWER)
    assert (case_of(site).case_state, older.merged_into, str(older.status), str(newer.status)) == ("Accepted", NEWER, "Cancelled", "Active")
    assert sum(kind == "MergedIntoNewer" for _, kind, uid in site.runs.messages() if uid == OLDER) == 1


@pytest.mark.slow
def test_everything_works_without_a_script(browse, site):
    page = browse(scripts=False)
    page.sign_in(LEE)
    page.open("/cases/1")
    page.click("Take it")
    page.wait_for("you work on it")
    page.one("#note").send_keys("asked by telephone")
    page.click("Add the note")
    page.wait_for("asked by telephone")
    page.one("input[value=Accept]").click()
    page.one("textarea[name=basis]").send_keys("the same person")
    page.click("Decide")
    page.wait_for("is now accepted")
    page.open("/cases/1")
    page.shoot("05-accepted")
    page.one("[aria-labelledby=undo] [name=basis]").send_keys("it is a son")
    page.click("Undo")
    page.wait_for("was taken back")
    page.click("Sign out")
    page.wait_for("Sign in")
    assert site.case().case_state == "Rejected"


def let_the_county_fail(site):
    """Los Angeles cannot take its oldest message."""
    with site.runs.factory() as uow:
        (message,) = uow.messages.page("19", 1, with_payload=False)
        failed = Clearance(message_id=message.message_id, outcome=ClearOutcome.FAILED, text="the street is not in our index")
        uow.messages.clear("19", [failed], site.runs.clock.now())
        uow.commit()


@pytest.mark.slow
@pytest.mark.requirement("DLR-03", "DLR-07", "DLR-18", "DLR-19")
def test_sos_reviews_merges_and_takes_back_without_a_script(browse, site):
    detect_one_pair(site)
    reject_in_both_counties(site)
    page = browse(scripts=False)
    page.sign_in(SAM)
    page.click("Review Rejected Duplicate")
    page.driver.find_element(By.CSS_SELECTOR, "table.list th[scope=row] a").click()
    page.wait_for("Review for SOS")
    review = page.driver.current_url
    page.click("Take it")
    page.wait_for("you review it")
    page.one("input[value=Accept]").click()
    page.one("textarea[name=basis]").send_keys("the signatures are one hand")
    page.click("Decide for SOS")
    page.wait_for("is now accepted")
    assert case_of(site).case_state == "Accepted"
    page.driver.get(review)
    page.one("form[action$=undo] input[name=basis]").send_keys("two sisters after all")
    page.click("Undo")
    page.wait_for("was taken back")
    assert case_of(site).case_state == "Rejected"


def fill_in_a_batch(page):
    """What is asked of whoever schedules one, up to the look at what else runs then."""
    page.one("[name=notice]").send_keys("Cora by telephone, March 10")
    page.one("#county option[value='19']").click()
    page.one("input[value=Contact]").click()
    page.click("Show what else runs then")
    page.wait_for("Scheduled or running then")


@pytest.mark.slow
@pytest.mark.requirement("JOB-01", "JOB-03", "EWS-04")
def test_jobs_and_queues_are_worked_without_a_script(browse, site):
    page = browse(scripts=False)
    page.sign_in(ADA)
    page.open("/jobs/new")
    fill_in_a_batch(page)
    page.click("Schedule")
    for action, said in (("Authorise", "pending"), ("Pause", "paused"), ("Resume", "pending"), ("Cancel", "cancelled")):
        page.click(action)
        page.wait_for(f"is now {said}")
    for action, said in (("requeue", "is offered to the county again"), ("skip", "was put aside")):
        let_the_county_fail(site)
        page.open("/queues/19")
        page.one(f"form[action$={action}] button").click()
        page.wait_for(said)
    with site.runs.factory(read_only=True) as uow:
        assert uow.messages.poison("19", 10) == []


@pytest.mark.slow
@pytest.mark.requirement("JOB-01", "JOB-03", "EWS-04", "COA-06")
def test_an_administrator_schedules_watches_requeues_and_tries_thresholds(browse, site):
    let_the_county_fail(site)
    page = browse()
    page.sign_in(ADA)
    page.click("Jobs")
    page.click("Schedule a job")
    fill_in_a_batch(page)
    page.shoot("06-scheduling")
    page.click("Schedule")
    page.click("Authorise")
    page.wait_for("is now pending")
    page.shoot("07-job")
    page.click("Queues")
    page.click("19 Los Angeles")
    page.wait_for("the street is not in our index")
    page.shoot("08-queue")
    page.click("Requeue")
    page.wait_for("is offered to the county again")
    page.open("/matching/functions/dmv_coa")
    page.one("[name=automatic]").clear()
    page.one("[name=automatic]").send_keys("99")
    page.click("Preview on the last file")
    page.wait_for("As tried")
    page.shoot("09-thresholds")
    assert page.complaints() == []


@pytest.mark.slow
@pytest.mark.requirement("JOB-03")
def test_the_progress_of_a_running_job_moves_by_itself(browse, site):
    with site.runs.factory() as uow:
        job = uow.jobs.listed()[0]
        uow.jobs.set_state(job.job_id, JobState.PROCESSING)
        uow.jobs.add_instance(job.job_id, site.runs.clock.now(), upload_id=None, record_count=None)
        run = uow.jobs.claim("one", 600, 5)
        uow.jobs.set_record_count(run.instance_id, run.lease_token, 200)
        uow.commit()
    page = browse()
    page.sign_in(ADA)
    page.open(f"/jobs/{job.job_id}")
    page.wait_for("0 of 200")
    with site.runs.factory() as uow:
        uow.jobs.save_progress(run.instance_id, run.lease_token, position=150, records_processed=150, counts={})
        uow.commit()
    page.wait_for("150 of 200")
    assert page.one("progress").get_attribute("value") == "150"
    page.shoot("21-progress")
    assert page.complaints() == []


@pytest.mark.slow
@pytest.mark.requirement("EWS-08", "VRU-10")
def test_a_voter_is_found_read_and_compared(browse, site):
    page = browse()
    page.sign_in(SAM)
    page.click("Voters")
    page.one("[name=last_name]").send_keys("GARCIA")
    page.one("[name=first_name]").send_keys("ANA")
    page.one("[name=date_of_birth]").send_keys("01021970")
    page.click("Search")
    page.wait_for("who may be meant")
    assert "GARCIA" not in page.driver.current_url
    page.driver.find_element(By.LINK_TEXT, str(OURS)).click()
    page.wait_for("Versions")
    page.shoot("10-voter")
    page.one("[name=other]").send_keys("100000002")
    page.click("Explain")
    page.wait_for("Criteria")
    page.shoot("11-explain")


@pytest.mark.slow
def test_pages_fit_a_laptop_and_tell_a_screen_reader_where_things_are(browse, site):
    page = browse()
    page.sign_in(ADA)
    lists = ("/", "/work-items/dmv-coa", "/jobs/", "/queues/", "/voters/")
    for path in (*lists, "/cases/1", f"/voters/{OURS}", "/jobs/new", "/queues/19", "/matching/", "/account"):
        page.open(path)
        assert not page.overflows(), path
        assert len(page.driver.find_elements(By.TAG_NAME, "h1")) == 1, path
        assert page.driver.find_elements(By.CSS_SELECTOR, "main, nav, header"), path
        assert unlabelled(page) == [], path
        assert too_faint(page) == [], path
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        assert page.driver.switch_to.active_element.get_attribute("class") == "skip", path
    assert page.complaints() == []


def unlabelled(page):
    """Fields that nothing names, and tables whose columns have no heading."""
    return page.driver.execute_script(
        """
        const fields = [...document.querySelectorAll("input:not([type=hidden]):not([type=submit]), select, textarea")];
        const bare = fields.filter((field) => !field.labels?.length && !field.getAttribute("aria-label"));
        const tables = [...document.querySelectorAll("table")].filter((table) => !table.querySelector("th[scope=col]"));
        return [...bare, ...tables].map((item) => item.outerHTML.slice(0, 120));
        """
    )


def too_faint(page):
    """Texts whose contrast with what lies behind them is below WCAG's 4.5 to 1."""
    return page.driver.execute_script(
        """
        const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const opaque = (element) => {
            for (let at = element; at; at = at.parentElement) {
                const [red, green, blue, alpha = 1] = parts(getComputedStyle(at).backgroundColor);
                if (alpha === 1) return [red, green, blue];
            }
            return [255, 255, 255];
        };
        const linear = (value) => value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
        const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
        const contrast = (element) => {
            const [low, high] = [light(parts(getComputedStyle(element).color)), light(opaque(element))].sort((one, other) => one - other);
            return (high + 0.05) / (low + 0.05);
        };
        const says = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        const all = [...document.querySelectorAll("body *:not(script, style, option, svg *)")];
        const shown = all.filter((element) => says(element) && element.checkVisibility());
        return shown.filter((element) => contrast(element) < 4.5).map((element) => `${contrast(element).toFixed(2)} ${element.outerHTML.slice(0, 120)}`);
        """
    )


@pytest.mark.slow
@pytest.mark.requirement("DLR-05", "DLR-07", "DLR-18", "DLR-19")
def test_sos_reviews_what_both_counties_rejected_merges_it_and_takes_it_back(browse, site):
    detect_one_pair(site)
    reject_in_both_counties(site)
    page = browse()
    page.sign_in(SAM)
    page.click("Review Rejected Duplicate")
    page.shoot("10-reviews")
    page.driver.find_element(By.CSS_SELECTOR, "table.list th[scope=row] a").click()
    page.wait_for("Review for SOS")
    page.click("Take it")
    page.wait_for("you review it")
    page.shoot("11-review")
    page.press("a")
    page.driver.switch_to.active_element.send_keys("the signatures are one hand")
    page.click("Decide for SOS")
    page.wait_for("is now accepted")
    page.driver.back()
    page.driver.refresh()
    page.wait_for("Everything that the match changed")
    page.one("form[action$=undo] input[name=basis]").send_keys("two sisters after all")
    page.click("Undo")
    page.wait_for("was taken back")
    page.shoot("12-undone")
    assert not page.overflows()
    assert page.complaints() == []


@pytest.mark.slow
@pytest.mark.requirement("DUP-03", "DUP-06", "DLR-03", "DLR-05", "DLR-18")
def test_two_counties_reject_a_pair_and_sos_finds_that_they_are_two_people(browse, site):
    detect_one_pair(site)
    page = browse()
    for number, clerk in enumerate((LEE, DAN), 13):
        page.sign_in(clerk)
        page.click("Possible duplicate voters")
        page.driver.find_element(By.CSS_SELECTOR, "table.list th[scope=row] a").click()
        page.wait_for("Both records")
        page.shoot(f"{number}-pair-of-{clerk}")
        page.press("r")
        page.driver.switch_to.active_element.send_keys("our paper form is of somebody else")
        page.click("Decide")
        page.wait_for("is now rejected")
        page.click("Sign out")
        page.wait_for("Sign in")
    page.sign_in(ADA)
    page.click("Rejections of a match on one verified DL/ID")
    page.shoot("15-rejection-on-a-verified-number")
    page.open("/work-items/rejected-duplicates")
    page.driver.find_element(By.CSS_SELECTOR, "table.list th[scope=row] a").click()
    page.wait_for("Review for SOS")
    page.press("r")
    page.driver.switch_to.active_element.send_keys("DMV gave the number to two people")
    page.one("[name=cause] option[value=AssignedTwice]").click()
    page.one("details:has([name=other_action]) summary").click()
    page.one("[name=other_action] option[value=NotVerified]").click()
    page.shoot("16-review-with-a-cause")
    page.click("Decide for SOS")
    page.wait_for("is now rejected")
    case = case_of(site)
    assert (case.case_state, site.runs.voter(NEWER).drivers_license_status) == ("Rejected", "NotVerified")
    page.open("/work-items/rejected-duplicates")
    page.wait_for("no open items")
    assert page.complaints() == []


@pytest.mark.slow
@pytest.mark.requirement("DLR-07", "DLR-08", "DLR-09", "DLR-11", "DLR-12", "DLR-14", "DLR-15", "DLR-19")
def test_a_merge_is_read_on_both_records_and_gone_after_its_undo(browse, site):
    detect_one_pair(site)
    with site.runs.factory() as uow:
        uow.reference.save_elections([Election(election_id="2020-G", name="General", election_date=date(2020, 11, 3), federal=True)])
        uow.children.add([NewChild(OLDER, Participation("19", "2020-G", VotingMethod.VOTE_BY_MAIL, True))], site.runs.clock.now())
        uow.commit()
    page = browse()
    page.sign_in(SAM)
    page.open(f"/cases/{case_of(site).case_id}")
    page.press("a")
    page.driver.switch_to.active_element.send_keys("one hand on both affidavits")
    page.click("Decide for SOS")
    page.wait_for("is now accepted")
    page.open(f"/voters/{NEWER}")
    page.wait_for("copied here by case")
    page.wait_for("Record Merged by Duplicate Match")
    page.shoot("17-newer-record")
    page.open(f"/voters/{OLDER}")
    page.wait_for("Merged to Newer Duplicate")
    page.wait_for("copied to the newer record by case")
    page.shoot("18-older-record")
    page.click(f"voter {NEWER}")
    page.wait_for("copied here by case")
    assert {kind for county, kind, uid in site.runs.messages() if uid in (OLDER, NEWER)} >= {"MergedIntoNewer", "MergeReceived"}
    page.open(f"/cases/{case_of(site).case_id}")
    page.one("form[action$=undo] input[name=basis]").send_keys("two sisters after all")
    page.click("Undo")
    page.wait_for("was taken back")
    page.open(f"/voters/{OLDER}")
    page.wait_for("Vote by mail")
    assert "copied" not in page.one("main").text
    assert "Merged to Newer Duplicate" not in page.one("main .columns").text
    page.shoot("19-older-record-after-undo")
    page.open(f"/voters/{NEWER}")
    page.wait_for("Duplicate Merge Undone")
    assert "copied" not in page.one("main").text
    assert page.complaints() == []
