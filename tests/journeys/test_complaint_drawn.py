"""An owner draws the complaint from nothing, tries it and has it approved; then one is handled."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from tests.journeys import complaint
from tests.journeys.complaint import Handling
from tests.journeys.conftest import NewPage
from tests.journeys.drawing import Drawing
from tests.journeys.pages import Employee, heading, login_account
from tests.journeys.stock import Stock
from tests.product import Product

pytestmark = [
    pytest.mark.browser,
    # The diagrams that are drawn here are used on the other database by test_complaint.py.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

GUIDE = Path(__file__).parents[2] / "docs" / "process-owners"
DRAWN = re.compile(r"{\S+/(DI|DC)}")  # where each part stands on the canvas
PROVIDER = Employee("90009921")


@pytest.fixture(scope="module")
def product(backend: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product where a second person approves each version."""
    product = Product(backend.new_database(), tmp_path_factory.mktemp("four_eyes"))
    product.environment["LOKET_FOUR_EYES"] = "true"
    try:
        product.start()
        yield product
    finally:
        product.stop()


def test_the_complaint_is_drawn_tried_approved_deployed_handled_and_replayed(
    new_page: NewPage, product: Product
) -> None:
    Stock(product, PROVIDER.kvk, "Voorbeeld Academie")
    owner, approver = new_page(), new_page()
    login_account(owner, "process_owner")
    login_account(approver, "process_approver")
    drawing = Drawing(owner)
    drafts = [complaint.draw_answering(drawing), complaint.draw_handling(drawing)]
    is_that_of_the_guide(owner, drafts)
    complaint.try_out(owner, drafts[1], PROVIDER)
    for draft in drafts:
        approve_and_deploy(owner, approver, draft)

    teacher, registrar, provider = (new_page(java_script_enabled=False) for _person in range(3))
    handling = Handling(teacher, registrar, provider)
    handling.sign_in(PROVIDER)
    handling.send(PROVIDER)
    handling.assess()
    handling.reply()
    handling.follow()
    replay(owner)


def is_that_of_the_guide(owner: Page, drafts: list[str]) -> None:
    for draft, name in zip(drafts, ("klacht-beantwoorden", "klacht-behandelen"), strict=True):
        drawn = owner.request.get(f"{draft}/concept.bpmn").body()
        assert what_it_says(drawn) == what_it_says((GUIDE / f"{name}.bpmn").read_bytes())


def what_it_says(xml: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Each part of the diagrams, with names for ids that are different in each drawing."""
    root = etree.fromstring(xml)
    parts = [each for each in root.iter(etree.Element) if not DRAWN.match(str(each.tag))]
    named = {each.get("id", ""): each.get("name", "") for each in parts if "id" in each.attrib}

    def told(text: str | None) -> str:
        return named.get((text or "").strip(), (text or "").strip())

    said = [
        (etree.QName(each).localname, {key: told(value) for key, value in each.attrib.items()})
        for each in parts
    ]
    return sorted(
        ((tag, rest, told(each.text)) for (tag, rest), each in zip(said, parts, strict=True)),
        key=repr,
    )


def approve_and_deploy(owner: Page, approver: Page, draft: str) -> None:
    owner.goto(f"{draft}/in-gebruik")
    owner.get_by_role("button", name="Ter beoordeling aanbieden").click()
    expect(owner.locator("#beoordeling")).to_contain_text("wacht op een collega")
    approver.goto(f"{draft}/in-gebruik")
    approver.get_by_role("button", name="Goedkeuren").click()
    expect(approver.locator("#beoordeling")).to_contain_text("goedgekeurd")
    complaint.deploy(owner, draft)


def replay(owner: Page) -> None:
    """The case that is done goes on a draft of the same process as it went."""
    owner.goto("/processen/klacht_behandelen")
    owner.get_by_role("button", name="Bewerken").click()
    owner.locator("[data-modeler][data-complete]").wait_for()
    owner.get_by_role("link", name="Naspelen").click()
    owner.get_by_role("button", name="Speel na").click()
    heading(owner, "Naspelen")
    expect(owner.locator("main")).to_contain_text("Alle zaken gaan op dit concept precies zo")
