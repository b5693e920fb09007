"""Page objects: what people do on the pages of Loket."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.product import until

YES = ("ja", "ja", "ja", "ja")
AGAIN = 1.0  # seconds: who asks a page more than twice in a second is refused (app/web/limits.py)


@dataclass(frozen=True)
class Employee:
    """Who logs in with eHerkenning: a company, a level, an opaque pseudonym, maybe a branch."""

    kvk: str
    subject: str = "medewerker-1"
    loa: str = "loa2plus"
    branch: str = ""


def login(page: Page, employee: Employee, outcome: str = "success") -> None:
    """Through the login simulator, and back to wherever Loket leads."""
    page.goto("/inloggen")
    page.get_by_role("button", name="Inloggen met eHerkenning").click()
    log_in_at_the_simulator(page, employee, outcome)


def log_in_at_the_simulator(page: Page, employee: Employee, outcome: str = "success") -> None:
    heading(page, "Inlogsimulator")
    if page.locator(f"[name=kvk] option[value='{employee.kvk}']").count():
        page.locator("[name=kvk]").select_option(employee.kvk)
    else:
        page.locator("[name=kvk]").select_option("anders")
        page.locator("[name=other_kvk]").fill(employee.kvk)
    page.locator("[name=loa]").select_option(employee.loa)
    page.locator("[name=subject]").select_option(employee.subject)
    page.locator("[name=branch]").fill(employee.branch)
    page.locator(f"[name=outcome][value={outcome}]").check()
    press(page, "Inloggen")


def login_account(page: Page, subject: str) -> None:
    """A teacher, or somebody who works for the register."""
    page.goto("/inloggen")
    page.get_by_role("button", name="Inloggen met uw account").click()
    page.locator(f"[name=subject][value={subject}]").check()
    press(page, "Inloggen")


def open_task(page: Page, task: str, *, about: str) -> None:
    """A member of the register's staff waits for a task about a provider, and opens it."""
    page.goto("/register")
    row = page.get_by_role("row").filter(has_text=about)
    link = row.get_by_role("link", name=task)
    reload_until(page, link.count)
    link.click()
    heading(page, task)


@contextmanager
def next_page(page: Page) -> Iterator[None]:
    """Until the document that this leads to has loaded, whatever the status of the answer.

    `Page.expect_navigation` takes an entry in the history of the document that is left for it, and
    typed.js makes one when a form is sent.
    """
    page.wait_for_load_state()  # or this one's would be taken for that of the next
    with page.expect_event("load"):
        yield


def press(page: Page, button: str) -> None:
    """Send a form, and wait for the page that answers it."""
    press_button(page.get_by_role("button", name=button, exact=True))


def press_button(button: Locator) -> None:
    """The same, of a button that is found otherwise.

    It is awaited first: the page that it stands on may itself still be on its way, and to load.
    """
    button.wait_for()
    with next_page(button.page):
        button.click()


def reload_until(page: Page, shows: Callable[[], object]) -> None:
    """Ask the page anew until it shows what somebody else, or a worker, still has to do."""
    until(lambda: shows() or not page.reload(), every=AGAIN)


def has_task(page: Page, text: str) -> bool:
    page.goto("/taken")
    return page.locator("main").get_by_text(text).count() > 0


def open_own(page: Page, name: str) -> None:
    """The task of one's own with this name, once it is there."""
    until(lambda: has_task(page, name), every=AGAIN)
    with next_page(page):
        page.locator("main").get_by_role("link", name=name).first.click()


def heading(page: Page, text: str) -> None:
    """The page that this is, once it is there whole, with its scripts."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(text, ignore_case=True)
    page.wait_for_load_state()


def begin(page: Page, employee: Employee) -> None:
    """Step 1: log in for the first time, and begin."""
    login(page, employee)
    heading(page, "Welkom")
    press(page, "Beginnen met aanmelden")
    heading(page, "Kwaliteitseisen")


def answer(page: Page, answers: Sequence[str] = YES) -> None:
    for number, given in enumerate(answers, start=1):
        page.locator(f"[name=requirement_{number}][value={given}]").check()
    if answers[-1] == "ja":
        page.locator("[name=complaints_url]").fill("https://www.voorbeeld.example/klachten")


def declare(page: Page, answers: Sequence[str] = YES) -> None:
    """Step 2: the quality requirements, each yes or no."""
    answer(page, answers)
    press(page, "Opslaan en verder")


def fill_in_contact(page: Page, email: str, name: str = "Noor de Wit") -> None:
    heading(page, "Bedrijfsgegevens")
    page.locator("[name=contact_name]").fill(name)
    page.locator("[name=contact_email]").fill(email)


def company(page: Page, email: str) -> None:
    """Step 3: the company is as the trade register says; who is the contact person?"""
    fill_in_contact(page, email)
    press(page, "Opslaan en verder")
    heading(page, "Controleer uw aanmelding")


def confirm(page: Page) -> None:
    """The last look, and then for real."""
    press(page, "Aanmelding bevestigen")
    heading(page, "Uw aanmelding is bevestigd")


def register(page: Page, employee: Employee, email: str) -> None:
    """All steps of the registration, without a hitch."""
    begin(page, employee)
    declare(page)
    company(page, email)
    confirm(page)


def fits(page: Page) -> bool:
    """Nothing of the page is wider than the window of a phone."""
    page.wait_for_load_state()
    page.set_viewport_size({"width": 360, "height": 800})
    width: int = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    return width <= 360
