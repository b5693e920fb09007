"""Makes the pictures of docs/images: python -m tests.journeys.screenshots [FOLDER [NAME…]]."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journeys import tour
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.product import Product

IMAGES = Path(__file__).parents[2] / "docs" / "images"
README = {
    "inlogsimulator": "step-1-login",
    "kwaliteitseisen-ingevuld": "step-2-requirements",
    "bedrijfsgegevens": "step-3-company",
    "aanbod": "step-4-offers",
    "catalogus": "catalogue",
}
HEIGHT = 900


def main(folder: Path, names: dict[str, str] | None) -> None:
    """Go past every page of a new product, and keep a picture of the pages with these names."""
    folder.mkdir(parents=True, exist_ok=True)

    def visit(name: str, page: Page) -> None:
        if names is None:
            _take_both(page, folder / name)
        elif name in names:
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=folder / f"{names[name]}.png", animations="disabled")

    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        product = Product(f"sqlite:///{var}/loket.db", Path(var))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            product.start()
            page = browser.new_page(
                base_url=product.url, viewport={"width": 1280, "height": HEIGHT}, locale="nl-NL"
            )
            for part in (tour.registration, tour.offers, tour.catalogue, tour.staff):
                part(page, product, visit)
        finally:
            browser.close()
            product.stop()


def _take_both(page: Page, path: Path) -> None:
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.screenshot(path=f"{path}-{width}.png", full_page=True, animations="disabled")
    page.set_viewport_size({"width": 1280, "height": HEIGHT})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]), None)
    else:
        main(IMAGES, README)
