"""Makes the pictures of the complaint's guide: python -m tests.journeys.complaint_pictures."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import patience
from tests.journeys import complaint
from tests.journeys.complaint import Handling
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.journeys.drawing import Drawing
from tests.journeys.owner_pictures import IMAGES
from tests.journeys.pages import Employee, login_account
from tests.journeys.stock import Stock
from tests.product import Product

EDITOR, PAGE = ".loket-editor", "main"
KEPT = {  # the part of the page that the picture shows
    "klacht-begin": EDITOR,
    "klacht-beoordelen": EDITOR,
    "klacht-getekend": EDITOR,
    "klacht-bericht": EDITOR,
    "klacht-bedrijf": EDITOR,
    "klacht-proberen": PAGE,
    "klacht-taak": "section.loket-card:has-text('Was:')",
    "klacht-volgen": PAGE,
}
WIDTH, HEIGHT, TALLEST = 1280, 720, 900
PROVIDER = Employee("90000749")


def main(folder: Path) -> None:
    """Draw the complaint and handle one, and keep a picture where the guide shows one."""
    folder.mkdir(parents=True, exist_ok=True)

    def visit(name: str, page: Page) -> None:
        if name in KEPT:
            if KEPT[name] == EDITOR:
                expect(page.locator("[data-status]")).to_contain_text("Bewaard om")
            if page.locator("[data-diagram]").count():
                page.locator("[data-diagram][data-ready]").wait_for()
            page.evaluate("document.activeElement.blur()")
            page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
            box = page.locator(KEPT[name]).first.bounding_box()
            assert box is not None
            box["height"] = min(box["height"], TALLEST)
            path = folder / f"{name}.png"
            page.screenshot(path=path, clip=box, full_page=True, animations="disabled")

    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        product = Product(f"sqlite:///{var}/loket.db", Path(var))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            product.start()
            walk(browser, product, visit)
        finally:
            browser.close()
            product.stop()


def walk(browser: Browser, product: Product, visit: complaint.Visit) -> None:
    """The story of the guide, in its order."""
    expect.set_options(timeout=patience.MILLISECONDS)
    Stock(product, PROVIDER.kvk, "Voorbeeld Academie")
    owner, teacher, registrar, provider = (_page(browser, product) for _person in range(4))
    login_account(owner, "process_owner")
    drawing = Drawing(owner)
    drafts = [complaint.draw_answering(drawing, visit), complaint.draw_handling(drawing, visit)]
    complaint.try_out(owner, drafts[1], PROVIDER, visit)
    for draft in drafts:
        complaint.deploy(owner, draft)
    handling = Handling(teacher, registrar, provider, visit)
    handling.sign_in(PROVIDER)
    handling.send(PROVIDER)
    handling.assess()
    handling.reply()
    handling.follow()


def _page(browser: Browser, product: Product) -> Page:
    size: Any = {"width": WIDTH, "height": HEIGHT}
    page = browser.new_page(base_url=product.url, viewport=size, locale="nl-NL")
    page.set_default_timeout(patience.MILLISECONDS)
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
