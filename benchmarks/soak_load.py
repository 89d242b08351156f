"""Who uses the state during the soak: 58 counties that poll and clear what they get, and people who click through the console."""

import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import requests

from benchmarks.console_workload import csrf_token
from benchmarks.queue_workload import SECRET
from benchmarks.soak_workload import Login, SoakState
from votecal_soap.one_time_codes import code_at

WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE: Final = "urn:votecal:ems-integration:v1"
PAGE: Final = 500
CLICK_SECONDS: Final = 2.0
TIMEOUT_SECONDS: Final = 120
_MESSAGE: Final = re.compile(rb"<(?:\w+:)?MessageId>(\d+)<")
_REMAINING: Final = re.compile(rb"<(?:\w+:)?MessagesRemaining>(\d+)<")
_CODE: Final = re.compile(r"VC-\d{4}")
_PAGES: Final = ("/", "/work-items/dmv-coa", "/work-items/dmv-coa?sort=confidence", "/jobs/", "/jobs/1", "/jobs/2", "/queues/", "/queues/19", "/matching/")


class Tally:
    """What everybody saw: (when it was asked by the monotonic clock, seconds) of each operation, errors by operation and code, messages cleared."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.calls: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self.cleared = 0
        self._lock = threading.Lock()

    def timed(self, operation: str, ask: Callable[[], requests.Response]) -> bytes | None:
        """Ask, and keep how long it took; None when the answer is an error, which is kept too."""
        begun = time.monotonic()
        try:
            answer = ask()
        except requests.RequestException as error:
            self._failed(f"{operation}: {type(error).__name__}")
            return None
        with self._lock:
            self.calls[operation].append((begun, time.monotonic() - begun))
        if answer.status_code == requests.codes.ok:
            return answer.content
        found = _CODE.search(answer.text)
        self._failed(f"{operation}: {found[0] if found else answer.status_code}")
        return None

    def count_cleared(self, messages: int) -> None:
        """Messages that a county took."""
        with self._lock:
            self.cleared += messages

    def _failed(self, what: str) -> None:
        with self._lock:
            self.errors[what] += 1


class County:
    """Polls its queue, clears what it gets, and asks again at once while messages remain, as the contract says."""

    def __init__(self, code: str, url: str, tally: Tally, every_seconds: float) -> None:
        """Prepare; `code` is the county's and names its credential."""
        self._username = f"c{code}"
        self._url = f"{url}/soap/ems-integration"
        self._tally = tally
        self._every_seconds = every_seconds
        # Counties do not poll in step.
        self._first_after = every_seconds * int(code) / 58
        self._session = requests.Session()

    def run(self, stopping: threading.Event) -> None:
        """Poll until told to stop."""
        if stopping.wait(self._first_after):
            return
        while not stopping.is_set():
            while self._poll_once() and not stopping.is_set():
                pass
            stopping.wait(self._every_seconds)

    def _poll_once(self) -> bool:
        """Whether messages remain."""
        page = self._call("GetMessageQueue", f"<MaximumMessages>{PAGE}</MaximumMessages>")
        found = [] if page is None else _MESSAGE.findall(page)
        if page is None or not found:
            return False
        clearances = "".join(f"<Clearance><MessageId>{key.decode()}</MessageId><ClearOutcome>Processed</ClearOutcome></Clearance>" for key in found)
        if self._call("ClearMessages", f"<Clearances>{clearances}</Clearances>") is None:
            return False
        self._tally.count_cleared(len(found))
        remaining = _REMAINING.search(page)
        return remaining is not None and int(remaining[1]) > 0

    def _call(self, operation: str, content: str) -> bytes | None:
        token = f"<w:UsernameToken><w:Username>{self._username}</w:Username><w:Password>{SECRET}</w:Password></w:UsernameToken>"
        header = f'<w:Security xmlns:w="{WSSE}">{token}</w:Security>'
        body = f'<{operation} xmlns="{NAMESPACE}">{content}</{operation}>'
        envelope = f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'.encode()
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        name = "poll" if operation == "GetMessageQueue" else "clear"
        return self._tally.timed(name, lambda: self._session.post(self._url, envelope, headers=headers, timeout=TIMEOUT_SECONDS))


class Clerk:
    """Signs in with password and code, and clicks from page to page."""

    def __init__(self, login: Login, url: str, tally: Tally, first_uid: int) -> None:
        """Prepare; `first_uid` is a voter to look up."""
        self._login = login
        self._url = f"{url}/console"
        self._tally = tally
        self._pages = (*_PAGES, f"/voters/{first_uid}", f"/voters/{first_uid}/explain/{first_uid + 1}")
        self._session = requests.Session()
        self._first_uid = first_uid

    def run(self, stopping: threading.Event) -> None:
        """Click until told to stop."""
        if not self._sign_in():
            return
        clicks = 0
        while not stopping.wait(CLICK_SECONDS):
            self._get("console page", self._pages[clicks % len(self._pages)])
            clicks += 1
            if clicks % len(self._pages) == 0:
                self._find_voter()

    def _sign_in(self) -> bool:
        code = code_at(self._login.secret, datetime.now(UTC))
        return self._post("sign-in", "/sign-in", {"user_name": self._login.user_name, "password": self._login.password, "code": code})

    def _find_voter(self) -> None:
        self._post("console search", "/voters/", {"uid": str(self._first_uid)})

    def _post(self, name: str, path: str, form: dict[str, str]) -> bool:
        page = self._get("console form", path)
        if page is None:
            return False
        values = {**form, "csrf_token": csrf_token(page.decode())}
        headers = {"Referer": f"{self._url}{path}"}
        return self._tally.timed(name, lambda: self._session.post(f"{self._url}{path}", values, headers=headers, timeout=TIMEOUT_SECONDS)) is not None

    def _get(self, name: str, path: str) -> bytes | None:
        return self._tally.timed(name, lambda: self._session.get(f"{self._url}{path}", timeout=TIMEOUT_SECONDS))


def start_users(state: SoakState, codes: tuple[str, ...], url: str, tally: Tally, every_seconds: float) -> Callable[[], None]:
    """Begin all of them, a thread each; what is returned stops them and waits for their last call."""
    stopping = threading.Event()
    users: list[County | Clerk] = [County(code, url, tally, every_seconds) for code in codes]
    users += [Clerk(login, url, tally, state.first_dmv_uid) for login in state.logins]
    threads = [threading.Thread(target=user.run, args=(stopping,), daemon=True) for user in users]
    for thread in threads:
        thread.start()

    def stop() -> None:
        stopping.set()
        for thread in threads:
            thread.join(TIMEOUT_SECONDS)

    return stop
