"""The whole of the studio at once: change, try, keep, be stopped, deploy, migrate, undo, see."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import change
from tests.journeys.conftest import NewPage
from tests.journeys.pages import heading
from tests.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def product(backend: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of our own: the other journeys register with the process as it is shipped."""
    product = Product(backend.new_database(), tmp_path_factory.mktemp("changed"))
    try:
        product.start()
        yield product
    finally:
        product.stop()


def nowhere(_name: str, _page: Page) -> None:
    """Nobody looks."""


def test_a_process_owner_changes_the_onboarding_while_ten_are_half_way(
    new_page: NewPage, product: Product
) -> None:
    provider, owner = new_page(), new_page()
    change.ten_half_way(provider, product)
    draft = change.draw(owner, nowhere)
    change.try_out(owner, draft, nowhere)
    change.condition_back(owner, draft, '${next == "terug"}')
    change.be_stopped(owner, draft, nowhere)
    change.condition_back(owner, draft, '${next == "back"}')
    change.deploy_and_migrate(owner, draft, nowhere)
    change.half_filled_form_is_there(provider)
    change.undo(owner)
    change.half_filled_form_is_there(provider)
    owner.goto("/processen/provider_onboarding/inzicht")
    heading(owner, "hoe loopt het")
    for version in ("versie 1", "versie 2"):
        expect(owner.locator("main")).to_contain_text(version)
