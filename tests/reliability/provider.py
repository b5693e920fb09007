"""A provider who registers over HTTP and retries whatever is killed meanwhile."""

import random
import re
import ssl
import time
from dataclasses import dataclass, field

import httpx

YES = {f"requirement_{number}": "ja" for number in range(1, 5)}
DECLARATION = {**YES, "complaints_url": "https://www.scholing.example/klachten"}
LOGIN = {"kvk": "anders", "loa": "loa3", "subject": "medewerker-1", "outcome": "success"}
COMPANY = {  # what people type when the trade register does not answer (R42)
    "name": "Scholing Noor",
    "street": "Dorpsstraat",
    "house_number": "7",
    "postcode": "1234 AB",
    "city": "Lollum",
}
CONFIRMED = "/aanmelding/bevestigd"
PAUSE = 0.3  # seconds before the next try
TRUST = ssl.create_default_context()  # read once: it takes 30 ms of a processor


class NotNowError(Exception):
    """The portal could not answer: try again."""


@dataclass
class Provider:
    """One employee with one browser; remembers each submission that the portal acknowledged."""

    url: str
    kvk: str
    chance: random.Random
    acknowledged: list[tuple[str, str]] = field(default_factory=list)  # task, submission
    has_begun: bool = False
    is_confirmed: bool = False

    @property
    def email(self) -> str:
        return f"noor@bedrijf{self.kvk}.example"

    def register(self, deadline: float) -> None:
        """Until the portal says that it is done, or time is up."""
        self.has_begun = True
        with httpx.Client(base_url=self.url, timeout=15, verify=TRUST) as self.browser:
            while not self.is_confirmed and time.monotonic() < deadline:
                try:
                    self._go_on()
                except (httpx.TransportError, NotNowError):
                    time.sleep(PAUSE)

    def _go_on(self) -> None:
        page = self._open("/aanmelding")
        if page.url.path.startswith("/inloggen"):
            self._log_in(page)
        elif page.url.path == CONFIRMED:
            self.is_confirmed = True
        elif 'action="/aanmelding"' in page.text:
            self._press(page, "/aanmelding", {})
        elif task := re.search(r'action="/taken/([0-9a-f-]{36})"', page.text):
            self._submit(page, task[1])
        else:
            raise NotNowError

    def _open(self, address: str) -> httpx.Response:
        page = self.browser.get(address, follow_redirects=True)
        if page.status_code != httpx.codes.OK:
            raise NotNowError
        return page

    def _log_in(self, page: httpx.Response) -> None:
        asked = {"csrf_token": value_of(page, "csrf_token"), "via": "eherkenning", "next": ""}
        simulator = self.browser.post("/inloggen", data=asked, follow_redirects=True)
        given = {**LOGIN, "other_kvk": self.kvk, "branch": ""}
        self.browser.post(simulator.url, data=given, follow_redirects=True)

    def _submit(self, page: httpx.Response, task: str) -> None:
        submission = value_of(page, "submission_id")
        answers = {**self._answers(page), "submission_id": submission}
        answer = self._press(page, f"/taken/{task}", answers)
        if answer.status_code == httpx.codes.SEE_OTHER and "inloggen" not in _target(answer):
            self.acknowledged.append((task, submission))

    def _press(self, page: httpx.Response, path: str, answers: dict[str, str]) -> httpx.Response:
        """Send a form; when no answer comes, most people press again."""
        data = {"csrf_token": value_of(page, "csrf_token"), **answers}
        try:
            return self.browser.post(path, data=data)
        except httpx.TransportError:
            if self.chance.random() < 0.3:
                raise
            time.sleep(PAUSE)
            return self.browser.post(path, data=data)

    def _answers(self, page: httpx.Response) -> dict[str, str]:
        if 'name="requirement_1"' in page.text:
            return DECLARATION
        if 'name="contact_email"' in page.text:
            contact = {"contact_name": "Noor de Wit", "contact_email": self.email}
            typed = COMPANY if 'name="street"' in page.text else {}
            return {**_chosen(page), **typed, **contact, "next": "review"}
        return {}


def value_of(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    found = found or re.search(rf'value="([^"]*)"[^>]*name="{name}"', page.text)
    if not found:
        raise NotNowError
    return found[1]


def _chosen(page: httpx.Response) -> dict[str, str]:
    """What stands in the radio buttons of a page already."""
    return {
        tag[1]: value[1]
        for tag in re.finditer(r'<input[^>]*\bchecked\b[^>]*name="([^"]+)"[^>]*>', page.text)
        if (value := re.search(r'value="([^"]*)"', tag[0]))
    }


def _target(answer: httpx.Response) -> str:
    return str(answer.headers.get("Location", ""))
