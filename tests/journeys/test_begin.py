"""A process that an owner drew is begun by a teacher and by a visitor, with and without scripts."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from processes.engine.deployment.definitions import deploy
from processes.engine.execution.starting.public_start import turn
from tests.app.begin.complaints import KEY, complaint
from tests.journeys.conftest import NewPage
from tests.journeys.pages import AGAIN, heading, login_account, next_page, press
from tests.journeys.test_accessibility import faults_of
from tests.processes.engine.form_fields import field, value
from tests.product import Product, until
from workers.vocabulary import vocabulary

pytestmark = [
    pytest.mark.browser,
    # The pages are the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

FIELDS = (
    field("onderwerp", "string", label="Waar gaat uw klacht over?", required="", group="De klacht"),
    field(
        "soort",
        "enum",
        value("cursus", "Een cursus"),
        value("anders", "Iets anders"),
        label="Wat voor klacht is het?",
        required="",
        group="De klacht",
    ),
    field(
        "welke",
        "string",
        label="Wat is het dan?",
        required="",
        visible="${soort == 'anders'}",
        group="De klacht",
    ),
    field("dagen", "table", label="Welke dagen?", max="3", group="Die dag"),
    field("dag", "date", label="Dag", **{"in": "dagen"}),
    field("mensen", "long", label="Hoeveel mensen waren er?", min="1", group="Die dag"),
    field("verhaal", "longtext", label="Wat is er gebeurd?", group="Die dag"),
)
STORY = "Wij stonden voor een dichte deur."


@pytest.fixture
def complaints(product: Product) -> None:
    """The process, deployed and opened to everybody."""
    with Session(product.database.engine) as session:
        xml = complaint(*FIELDS, groups="teacher, public", review=True)
        deploy(session, xml, vocabulary=vocabulary(), deployed_by="petra")
        turn(session, [KEY], is_open=True, by="beheer")
        session.commit()


def begin(page: Page) -> None:
    page.get_by_role("link", name="Starten", exact=True).click()
    heading(page, "Iets beginnen")
    page.locator(f"main a[href='/starten/{KEY}']").click()
    heading(page, "Klacht behandelen")


@pytest.mark.usefixtures("complaints")
def test_a_teacher_is_told_while_typing_and_begins(page: Page) -> None:
    login_account(page, "leraar-1")
    begin(page)
    assert faults_of(page) == []
    page.get_by_label("Hoeveel mensen waren er?").fill("0")
    page.get_by_label("Wat is er gebeurd?").fill(STORY)
    expect(page.locator("#veld_mensen-error")).to_contain_text("Vul 1 of meer in.")
    page.get_by_label("Hoeveel mensen waren er?").fill("12")
    page.get_by_label("Iets anders").check()
    expect(page.get_by_label("Wat is het dan?")).to_be_visible()
    page.get_by_label("Dag").first.fill("1-9-2026")
    page.get_by_text("Rij 2 toevoegen").click()
    page.get_by_label("Dag").nth(1).fill("2-9-2026")
    expect(page.locator("#veld_mensen-error")).to_have_count(0)
    page.get_by_label("Wat is het dan?").fill("De zaal")
    page.get_by_label("Waar gaat uw klacht over?").fill("De deur was dicht")
    assert faults_of(page) == []
    page.get_by_role("button", name="Verder, naar de controle").click()
    heading(page, "Controleer uw antwoorden")
    assert faults_of(page) == []
    page.get_by_role("button", name="Versturen").click()
    heading(page, "Wij hebben het ontvangen")
    expect(page.locator("main")).to_contain_text(STORY)
    expect(page.locator("main")).to_contain_text("Dag 01-09-2026; Dag 02-09-2026")
    assert faults_of(page) == []


@pytest.mark.usefixtures("complaints")
def test_without_scripts_a_question_that_appears_is_asked_before_the_review(
    new_page: NewPage,
) -> None:
    page = new_page(java_script_enabled=False)
    login_account(page, "leraar-1")
    begin(page)
    page.get_by_label("Waar gaat uw klacht over?").fill("De deur was dicht")
    page.get_by_label("Iets anders").check()
    page.get_by_role("button", name="Verder, naar de controle").click()
    page.get_by_label("Wat is het dan?").fill("De zaal")
    page.get_by_role("button", name="Verder, naar de controle").click()
    heading(page, "Controleer uw antwoorden")
    page.get_by_role("button", name="Versturen").click()
    heading(page, "Wij hebben het ontvangen")


@pytest.mark.usefixtures("complaints")
@pytest.mark.parametrize("scripts", [True, False])
def test_back_and_reload_after_a_refusal_show_what_was_typed(
    new_page: NewPage, *, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts)
    login_account(page, "leraar-1")
    begin(page)
    story = page.get_by_label("Wat is er gebeurd?")
    story.fill(STORY)
    press(page, "Verder, naar de controle")
    expect(page.get_by_role("alert")).to_contain_text("Waar gaat uw klacht over?")
    page.reload()
    expect(story).to_have_value(STORY)
    page.get_by_role("link", name="Starten", exact=True).click()
    heading(page, "Iets beginnen")
    page.go_back()
    expect(page.get_by_role("alert")).to_contain_text("Waar gaat uw klacht over?")
    expect(story).to_have_value(STORY)
    page.get_by_label("Waar gaat uw klacht over?").fill("De deur was dicht")
    page.get_by_label("Een cursus").check()
    page.get_by_role("button", name="Verder, naar de controle").click()
    heading(page, "Controleer uw antwoorden")
    page.reload()
    heading(page, "Controleer uw antwoorden")
    page.go_back()  # from the answers once more to the form as it was sent
    expect(story).to_have_value(STORY)


def go_back_to(page: Page, path: str) -> None:
    """Through the history of this tab, from a page that is there whole.

    `Page.go_back` takes an entry that the script of the page that is left still changes for the
    page that it leads to.
    """
    page.wait_for_load_state()
    for _entry in range(12):
        page.go_back()
        if urlsplit(page.url).path == path and not urlsplit(page.url).query:
            return
    pytest.fail(f"{path} is not in the history of this tab")


@pytest.mark.usefixtures("complaints")
def test_back_to_the_form_as_it_was_opened_shows_what_was_typed_to_who_typed_it(page: Page) -> None:
    """Also in fields that were judged meanwhile, and in those that an answer made appear."""
    people, story = page.get_by_label("Hoeveel mensen waren er?"), page.get_by_label("gebeurd?")
    which, days = page.get_by_label("Wat is het dan?"), page.get_by_label("Dag")
    login_account(page, "leraar-1")
    begin(page)
    page.get_by_label("Iets anders").check()
    expect(which).to_be_visible()
    for box, typed in (people, "12"), (story, STORY), (which, "De zaal"):
        with page.expect_response("**/veld"):
            box.fill(typed)
            box.blur()
    days.first.fill("1-9-2026")
    page.get_by_text("Rij 2 toevoegen").click()
    days.nth(1).fill("2-9-2026")
    press(page, "Verder, naar de controle")
    expect(page.get_by_role("alert")).to_contain_text("Waar gaat uw klacht over?")

    go_back_to(page, f"/starten/{KEY}")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(which).to_have_value("De zaal")
    expect(people).to_have_value("12")
    expect(story).to_have_value(STORY)
    expect(days.nth(1)).to_have_value("2-9-2026")

    press(page, "Uitloggen")
    login_account(page, "leraar-2")
    page.get_by_role("button", name="Uitloggen").wait_for()
    go_back_to(page, f"/starten/{KEY}")
    heading(page, "Klacht behandelen")
    expect(people).to_have_value("")
    expect(story).to_have_value("")
    expect(which).to_be_hidden()


def was_sent(page: Page) -> bool:
    with next_page(page):
        page.get_by_role("button", name="Verder").click()
    return page.get_by_role("heading", name="Kijk in uw e-mail").is_visible()


@pytest.mark.usefixtures("complaints")
def test_a_visitor_confirms_by_mail_and_follows_the_case(page: Page, product: Product) -> None:
    address = "bezoeker@voorbeeld.example"
    page.goto(f"/processen/{KEY}/openbaar")
    assert faults_of(page) == []
    page.get_by_label("Waar gaat uw klacht over?").fill("De deur was dicht")
    page.get_by_label("Een cursus").check()
    page.get_by_label("Uw e-mailadres").fill(address)
    until(lambda: was_sent(page), every=AGAIN)  # who is fast is asked to send it again
    (mail,) = until(lambda: product.mails_to(address))
    body = mail.get_body(("plain",))
    assert body
    found = re.search(r"/processen/openbaar/\S+", body.get_content())
    assert found
    page.goto(found[0])
    assert faults_of(page) == []
    page.get_by_role("button", name="Bevestigen en versturen").click()
    heading(page, "Wij hebben het ontvangen")
    assert faults_of(page) == []
