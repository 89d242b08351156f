"""Headless Chromium in front of the console; screenshots are kept under test-report/."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from integration.console.console_site import Site
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from votecal_soap.wsgi import WebServer

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
MISSING = "NO CHROMIUM: install chromium and chromium-driver; the browser tests did not run"
SCREENSHOTS = Path(__file__).parents[3] / "test-report" / "screenshots"
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
WAIT_SECONDS = 60


@dataclass
class Page:
    """A browser's window."""

    driver: webdriver.Chrome
    address: str
    site: Site

    def open(self, path: str) -> None:
        """Go to an address of the console."""
        self.driver.get(f"{self.address}{path}")

    def sign_in(self, person: str) -> None:
        """Type name, password and code."""
        self.site.tick()
        if person not in self.site.passwords:
            self.site.give_login(person)
        self.open("/")
        for name, text in (("user_name", person), ("password", self.site.passwords[person]), ("code", self.site.code(person))):
            self.one(f"[name={name}]").send_keys(text)
        self.one("[name=submit]").click()
        self.wait_for("Work Item Summary")

    def one(self, selector: str) -> WebElement:
        """The element that a selector names."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def click(self, text: str) -> None:
        """Click the link or button of this text, once the page has it: the one before may still be there."""
        quoted = f'"{text}"'
        places = (f"//a[contains(., {quoted})]", f"//button[contains(., {quoted})]", f"//input[@type='submit'][@value={quoted}]")
        self._waiting().until(lambda driver: driver.find_elements(By.XPATH, " | ".join(places)), f"nothing to click says {text!r}")[0].click()

    def wait_for(self, text: str) -> None:
        """Until the page has this text."""
        self._waiting().until(lambda driver: text in driver.find_element(By.TAG_NAME, "body").text, f"no {text!r} on the page")

    def _waiting(self) -> WebDriverWait:
        # While one page follows another, what was found is stale.
        return WebDriverWait(self.driver, WAIT_SECONDS, ignored_exceptions=[StaleElementReferenceException, NoSuchElementException])

    def press(self, key: str) -> None:
        """Press a key, wherever the focus is."""
        webdriver.ActionChains(self.driver).send_keys(key).perform()

    def shoot(self, name: str) -> Path:
        """Keep what is seen."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))
        return SCREENSHOTS / f"{name}.png"

    def complaints(self) -> list[str]:
        """What the browser's console says of refused scripts and styles, and of failed requests."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def overflows(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.driver.execute_script("return document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The console on a real socket; its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = WebServer(replace(site.application, config=replace(site.application.config, public_url=url, listen=f"127.0.0.1:{port}")))
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"{url}/console"
    server.stop()
    thread.join(30)


@contextmanager
def opened(address: str, site: Site, profile: Path, *, scripts: bool = True) -> Iterator[Page]:
    """A browser of its own, with or without scripts, as large as a small laptop's screen."""
    if not (CHROMIUM.exists() and DRIVER.exists()):
        pytest.skip(MISSING)
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in ("--headless", "--no-sandbox", *QUIET, f"--user-data-dir={profile}", "--window-size=1366,768", "--lang=en-US"):
        options.add_argument(flag)
    preferences: dict[str, Any] = {"credentials_enable_service": False}
    options.add_experimental_option("prefs", preferences if scripts else {**preferences, "profile.managed_default_content_settings.javascript": 2})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    try:
        yield Page(driver, address, site)
    finally:
        driver.quit()
