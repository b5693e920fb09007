"""Makes the pictures of docs/process-owners: python -m tests.journeys.owner_pictures [FOLDER]."""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from processes.base import now, set_clock
from processes.engine.execution.instances import complete_user_task, open_user_tasks, start_process
from tests.journeys import change
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.journeys.pages import Employee, register
from tests.journeys.test_decision_tables import upload
from tests.product import Product

IMAGES = Path(__file__).parents[2] / "docs" / "process-owners" / "images"
WIDTH, HEIGHT = 1280, 900
KEPT = {
    "tekenen": "tekenen",
    "formulier": "formulier",
    "proberen-bedrijf": "proberen",
    "scenarios-mis": "scenarios",
    "verschillen": "verschillen",
    "in-gebruik": "in-gebruik",
    "omgezet": "omgezet",
    "inzicht": "inzicht",
    "tekst": "tekst",
    "beslissingen": "beslissingen",
    "feel": "feel",
}
TYPING = ("feel",)  # what is shown while somebody types
LOOKED_AT = {  # the heading with which the picture begins, where that is not the first
    "formulier": "Contactpersoon",
    "in-gebruik": "Wat er nu loopt",
    "inzicht": "Op het diagram",
}
FINISHED = ("90000749", "90002490", "90002520")
EARLIER = 40  # registrations of the past weeks, some of which stopped half-way


def main(folder: Path) -> None:
    """Walk past the studio, and keep a picture of each page that the guide shows."""
    folder.mkdir(parents=True, exist_ok=True)

    def visit(name: str, page: Page) -> None:
        if name in KEPT:
            if name not in TYPING:
                page.evaluate("document.activeElement.blur()")
            page.evaluate("scrollTo(0, 0)")
            if name in LOOKED_AT:
                shown = page.get_by_role("heading", name=LOOKED_AT[name], exact=True)
                shown.evaluate(
                    "(each) => each.scrollIntoView({block: 'start', behavior: 'instant'})"
                )
            page.screenshot(path=folder / f"{KEPT[name]}.png", animations="disabled")

    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        product = Product(f"sqlite:///{var}/loket.db", Path(var))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            product.start()
            walk(browser, product, visit)
        finally:
            browser.close()
            product.stop()


def walk(browser: Browser, product: Product, visit: change.Visit) -> None:
    """The story of the guide, in its order."""
    provider, owner = _page(browser, product), _page(browser, product)
    for kvk in FINISHED:
        register(_page(browser, product), Employee(kvk), f"{kvk}@voorbeeld.example")
    change.ten_half_way(provider, product)
    draft = change.draw(owner, visit)
    change.try_out(owner, draft, visit)
    change.condition_back(owner, draft, '${next == "terug"}')
    change.be_stopped(owner, draft, visit)
    change.condition_back(owner, draft, '${next == "back"}')
    change.deploy_and_migrate(owner, draft, visit)
    _earlier(product)
    owner.goto("/processen/provider_onboarding/inzicht")
    owner.locator(".djs-container").wait_for()
    visit("inzicht", owner)
    owner.goto("/processen/teksten")
    owner.get_by_role("region", name="E-mails").get_by_role("link").first.click()
    visit("tekst", owner)
    decisions(owner, visit)


def decisions(owner: Page, visit: change.Visit) -> None:
    """Decisions that require others, and completion while somebody types."""
    owner.set_viewport_size({"width": WIDTH, "height": HEIGHT + 150})  # the whole diagram
    upload(owner, (IMAGES.parent / "controle.dmn").read_bytes())
    visit("beslissingen", owner)
    owner.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    owner.locator("[data-views]").get_by_role("button", name="Risico", exact=True).click()
    owner.locator(".cm-content").click()
    owner.keyboard.press("Control+a")
    owner.keyboard.type("if term")
    owner.locator(".cm-completionInfo").wait_for()
    visit("feel", owner)


def _page(browser: Browser, product: Product) -> Page:
    size: Any = {"width": WIDTH, "height": HEIGHT}
    page = browser.new_page(base_url=product.url, viewport=size, locale="nl-NL")
    page.set_default_timeout(30_000)
    return page


def _earlier(product: Product) -> None:
    """Registrations of the past weeks: all answered, most gave their data, some looked it over."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("quality_requirements", {"all_yes": True}),
        ("company_details", {"next": "review"}),
    ]
    today = now()
    for number in range(EARLIER):
        kvk = f"9998{number:04}"
        began = today - timedelta(days=40 - number, hours=number % 7)
        for done in range(1 + (number % 3 > 0) + (number % 4 > 0)):
            set_clock(lambda at=began + timedelta(hours=5 * done * (1 + number % 5)): at)  # type: ignore[misc]
            with product.database.writing() as session:
                if done == 0:
                    variables = {"kvk": kvk, "reference": f"AB-2026-{number:06}"}
                    start_process(
                        session,
                        "provider_onboarding",
                        business_key=kvk,
                        tenant=kvk,
                        variables=variables,
                        started_by="medewerker 1",
                    )
                    continue
                (task,) = open_user_tasks(session, business_key=kvk)
                complete_user_task(
                    session, task.id, completed_by="medewerker 1", variables=steps[done - 1][1]
                )
    set_clock(None)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
