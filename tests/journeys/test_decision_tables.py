"""The process owner makes a decision table in the browser, puts it in use, and changes a cell."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.pages import heading, login_account
from tests.journeys.test_accessibility import faults_of
from tests.processes.engine.tables import dmn, rule, table

pytestmark = [
    pytest.mark.browser,
    # What the pages do with a table is the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

KEPT = re.compile("Alles is bewaard|Bewaard op")


def make(page: Page, name: str, key: str) -> None:
    """A blank table, open in the editor."""
    page.goto("/processen/tabellen/nieuw")
    page.get_by_label("Naam", exact=True).fill(name)
    page.get_by_label("Id", exact=True).fill(key)
    page.get_by_role("button", name="Tabel maken").click()
    heading(page, f"{name}, concept")
    page.locator("[data-dmn][data-ready]").wait_for()


def upload(page: Page, xml: bytes, *, opens: bool = True) -> None:
    """A table from a file, open in the editor unless something is asked first."""
    page.goto("/processen/tabellen/nieuw")
    file = {"name": "tabel.dmn", "mimeType": "application/xml", "buffer": xml}
    page.locator("[name=diagram]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Bestand gebruiken").click()
    if opens:
        page.locator("[data-dmn][data-ready]").wait_for()


@contextmanager
def keeping(page: Page, text: str) -> Iterator[None]:
    """What is typed here is kept when a file with this text has come to the server."""
    with page.expect_response(lambda answer: text in (answer.request.post_data or "")):
        yield
    expect(page.locator("[data-status]")).to_have_text(KEPT)


def fill(page: Page, cell: str, text: str) -> None:
    """Type in a cell, in place of what stands there, and wait until it is kept."""
    with keeping(page, f"{text}</text>"):
        page.locator(f'td[data-element-id="{cell}"]').click()
        page.keyboard.press("Control+a")
        page.keyboard.type(text)


def other_rule(test: str, result: str) -> str:
    """A row whose ids no other row has."""
    return re.sub('id="', 'id="other-', rule(test, result))


def deploy(page: Page) -> None:
    page.get_by_label("Wat verandert er, en waarom?").fill("Een regel erbij.")
    page.get_by_role("button", name="In gebruik nemen").click()


def test_a_new_table_gets_a_rule_and_is_put_in_use(page: Page) -> None:
    login_account(page, "process_owner")
    page.goto("/processen")
    page.get_by_role("link", name="Beslistabellen").click()
    heading(page, "Beslistabellen")
    make(page, "Welke kleur", "welke_kleur")
    expect(page.locator("[data-findings]")).to_contain_text("nog geen regels")
    page.get_by_title("Regel toevoegen").first.click()
    page.keyboard.type('"ja"')
    result = page.locator("td.output-cell").first.get_attribute("data-element-id")
    fill(page, str(result), '"groen"')
    page.locator("th.input-cell").first.dblclick()
    page.get_by_role("textbox", name="Gegeven").fill("antwoord")
    page.keyboard.press("Escape")
    expect(page.locator("[data-status]")).to_have_text(KEPT)
    expect(page.locator("[data-findings]")).to_contain_text("niets meer in te vullen")
    deploy(page)
    heading(page, "Welke kleur, versie 1")
    expect(page.get_by_role("table")).to_contain_text("groen")


def test_a_changed_cell_becomes_the_next_version(page: Page) -> None:
    login_account(page, "process_owner")
    rules = rule('"ja"', '"groen"'), other_rule("-", '"rood"')
    upload(page, dmn(table(*rules, hit_policy="FIRST"), "k"))
    deploy(page)
    heading(page, "versie 1")
    page.get_by_role("button", name="Wijzigen").click()
    page.locator("[data-dmn][data-ready]").wait_for()
    fill(page, "o", '"blauw"')
    deploy(page)
    heading(page, "versie 2")
    expect(page.get_by_role("table")).to_contain_text("blauw")
    page.goto("/processen/tabellen/k/1")
    expect(page.get_by_role("table")).to_contain_text("groen")


def test_what_is_wrong_in_a_cell_is_said_and_kept(page: Page) -> None:
    login_account(page, "process_owner")
    upload(page, dmn(table(rule('"ja"', '"groen"')), "wrong"))
    fill(page, "i", "open('x')")
    expect(page.locator("[data-findings]")).to_contain_text("cell-syntax")
    page.reload()
    page.locator("[data-dmn][data-ready]").wait_for()
    expect(page.locator('td[data-element-id="i"]')).to_contain_text("open('x')")
    deploy(page)
    expect(page.locator("[data-findings]")).to_contain_text("cell-syntax")
    heading(page, "concept")


def test_what_the_editor_would_leave_out_of_a_table_is_asked_first(page: Page) -> None:
    """Of two rows with the same ids dmn-js keeps one."""
    login_account(page, "process_owner")
    xml = dmn(table(rule('"ja"', '"groen"'), rule('"nee"', '"rood"')), "double")
    upload(page, xml, opens=False)
    question = page.get_by_role("dialog")
    expect(question.get_by_role("listitem").first).to_contain_text("het hele onderdeel <rule>")
    question.get_by_role("button", name="Niets wijzigen, alleen bekijken").click()
    expect(page.locator("main")).to_contain_text("U bekijkt deze tabel")
    expect(page.get_by_role("table").first).to_contain_text("rood")
    page.get_by_role("link", name="Toch wijzigen").click()
    question.get_by_role("button", name="Wijzigen zonder deze delen").click()
    page.locator("[data-dmn][data-ready]").wait_for()


def test_escape_at_that_question_decides_nothing_and_it_comes_back_with_a_change(
    page: Page,
) -> None:
    login_account(page, "process_owner")
    xml = dmn(table(rule('"ja"', '"groen"'), rule('"nee"', '"rood"')), "undecided")
    upload(page, xml, opens=False)
    question = page.get_by_role("dialog")
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-dmn][data-ready]").wait_for()
    status = page.locator("[data-status]")
    expect(status).to_contain_text("Er wordt nog niets bewaard")
    page.locator('td[data-element-id="o"]').first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('"blauw"')  # at once: the question may come after any key
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(status).to_contain_text("Er wordt nog niets bewaard")
    status.get_by_role("button", name="Bekijken wat zou verdwijnen").click()
    question.get_by_role("button", name="Wijzigen zonder deze delen").click()
    expect(status).to_have_text(re.compile("Bewaard op"))
    page.reload()
    page.locator("[data-dmn][data-ready]").wait_for()
    expect(page.locator('td[data-element-id="o"]')).to_contain_text('"blauw"')


def test_every_hit_policy_that_runs_opens_without_a_question(page: Page) -> None:
    """dmn-js shows nothing of a policy that its list lacks, and leaves out the default one."""
    login_account(page, "process_owner")
    for policy in ("UNIQUE", "ANY", "PRIORITY", "OUTPUT ORDER"):
        key = policy.replace(" ", "_").lower()
        upload(page, dmn(table(rule('"ja"', '"groen"'), hit_policy=policy), key))
        expect(page.locator("[data-status]")).to_have_text("Alles is bewaard.")
        expect(page.locator('td[data-element-id="o"]')).to_contain_text("groen")


def test_a_decision_without_a_table_is_an_expression(page: Page) -> None:
    login_account(page, "process_owner")
    xml = dmn("<literalExpression id='l'><text>1 + 1</text></literalExpression>", "sum")
    upload(page, xml)
    editor = page.locator(".cm-content")
    expect(editor).to_have_text("1 + 1")
    with keeping(page, "2 + 2</text>"):
        editor.click()
        page.keyboard.press("Control+a")
        page.keyboard.type("2 + 2")
    page.reload()
    expect(page.locator(".cm-content")).to_have_text("2 + 2")


def test_two_owners_at_one_table_choose_and_lose_nothing(new_page: NewPage) -> None:
    mine, theirs = new_page(), new_page()
    login_account(mine, "process_owner")
    upload(mine, dmn(table(rule('"ja"', '"groen"')), "shared"))
    login_account(theirs, "process_owner")
    theirs.goto(mine.url)
    theirs.locator("[data-dmn][data-ready]").wait_for()
    fill(mine, "o", '"blauw"')
    theirs.locator('td[data-element-id="o"]').click()
    theirs.keyboard.press("Control+a")
    theirs.keyboard.type('"geel"')
    expect(theirs.locator("[data-status]")).to_contain_text("Uw versie is niet bewaard")
    theirs.get_by_role("button", name="Toch mijn tabel bewaren").click()
    expect(theirs.locator("[data-status]")).to_have_text(KEPT)
    mine.reload()
    mine.locator("[data-dmn][data-ready]").wait_for()
    expect(mine.locator('td[data-element-id="o"]')).to_contain_text("geel")


def test_the_pages_of_tables_and_forms_are_accessible(page: Page) -> None:
    login_account(page, "process_owner")
    upload(page, dmn(table(rule('"ja"', '"groen"')), "open"))
    faults = {"concept": faults_of(page)}
    deploy(page)
    heading(page, "versie 1")
    faults["version"] = faults_of(page)
    for path in ("", "/open", "/nieuw"):
        page.goto(f"/processen/tabellen{path}")
        faults[path] = faults_of(page)
    assert {name: found for name, found in faults.items() if found} == {}
