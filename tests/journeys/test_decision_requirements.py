"""An owner draws decisions that require others and types FEEL with completion; a process asks."""

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from processes.engine.deployment import definitions
from processes.engine.execution import instances
from tests.journeys.conftest import NewPage
from tests.journeys.pages import heading, login_account
from tests.journeys.test_accessibility import faults_of
from tests.journeys.test_decision_tables import KEPT, deploy, fill, keeping, make, upload
from tests.processes.engine.diagrams import node, process, straight
from tests.product import Product
from workers.vocabulary import vocabulary

pytestmark = [
    pytest.mark.browser,
    # What the pages do with a file is the same on every database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

DMN = "https://www.omg.org/spec/DMN/20230324/MODEL/"
REQUIREMENTS = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{DMN}" id="d" name="Controle" namespace="https://loket.example/dmn">
  <decision id="soort_controle" name="Soort controle">
    <variable id="v1" name="Soort controle" typeRef="string"/>
    <informationRequirement id="r1"><requiredDecision href="#risico"/></informationRequirement>
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="in"><inputExpression id="e" typeRef="string"><text>Risico</text></inputExpression>
      </input>
      <output id="out" name="soort" typeRef="string"/>
      <rule id="one"><inputEntry id="c1"><text>"hoog"</text></inputEntry>
        <outputEntry id="c2"><text>"bezoek"</text></outputEntry></rule>
      <rule id="two"><inputEntry id="c3"><text>-</text></inputEntry>
        <outputEntry id="c4"><text>"dossier"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="risico" name="Risico">
    <variable id="v2" name="Risico" typeRef="string"/>
    <informationRequirement id="r2"><requiredInput href="#uren"/></informationRequirement>
    <literalExpression id="l">
      <text>if aantal uren &gt; 40 then "hoog" else "laag"</text>
    </literalExpression>
  </decision>
  <inputData id="uren" name="aantal uren"><variable id="v3" name="aantal uren" typeRef="number"/>
  </inputData>
</definitions>
""".encode()


def view(page: Page, name: str) -> None:
    page.locator("[data-views]").get_by_role("button", name=name, exact=True).click()


def shape(page: Page, name: str) -> str:
    """The id of the part of the diagram with this name."""
    found = page.locator(".djs-shape", has_text=name).first
    return str(found.get_attribute("data-element-id"))


def place(page: Page, tool: str, across: int, down: int) -> None:
    """Take a tool of the palette and put it on the canvas."""
    page.locator(f".djs-palette .entry[title='{tool}']").click()
    box = page.locator("[data-canvas]").bounding_box()
    assert box
    page.mouse.move(box["x"] + across - 5, box["y"] + down)
    page.mouse.click(box["x"] + across, box["y"] + down)


def test_requirements_without_a_drawing_are_laid_out_and_kept(page: Page) -> None:
    login_account(page, "process_owner")
    upload(page, REQUIREMENTS)
    expect(page.locator(".djs-shape")).to_have_count(3)
    expect(page.locator(".djs-connection")).to_have_count(2)
    faults = faults_of(page)
    view(page, "Risico")
    editor = page.locator(".cm-content")
    expect(editor).to_have_text('if aantal uren > 40 then "hoog" else "laag"')
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" )")
    expect(page.locator(".cm-lintRange-error")).to_have_text(")")
    with keeping(page, 'else "laag" </text>'):
        page.keyboard.press("Backspace")
        expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    deploy(page)
    heading(page, "Soort controle, versie 1")
    assert faults == []


def add(page: Page, kind: str, name: str) -> None:
    page.get_by_label("Soort onderdeel").select_option(kind)
    page.get_by_label("Naam", exact=True).fill(name)
    page.get_by_role("button", name="Onderdeel toevoegen").click()
    expect(page.locator(".djs-shape", has_text=name)).to_have_count(1)


def require(page: Page, needed: str, by: str) -> None:
    page.get_by_label("Dit onderdeel").select_option(needed)
    page.get_by_label("is nodig voor").select_option(by)
    page.get_by_role("button", name="Verbinden").click()
    expect(page.get_by_text(f"“{needed}” is nodig voor “{by}”.")).to_be_visible()


def test_an_owner_draws_decisions_from_nothing_and_a_case_shows_them(
    page: Page, product: Product, new_page: NewPage
) -> None:
    login_account(page, "process_owner")
    make(page, "Soort controle", "controle_zonder_muis")
    view(page, "Overzicht")
    page.get_by_text("Tekenen zonder muis").click()
    add(page, "Beslissing met een expressie", "Risico")
    add(page, "Invoer", "klachten")
    require(page, "klachten", "Risico")
    require(page, "Risico", "Soort controle")
    page.get_by_label("Dit onderdeel").select_option("Soort controle")
    page.get_by_label("is nodig voor").select_option("klachten")
    page.get_by_role("button", name="Verbinden").click()
    expect(
        page.get_by_text("“Soort controle” kan niet nodig zijn voor “klachten”.")
    ).to_be_visible()
    expect(page.locator(".djs-connection")).to_have_count(2)
    faults = faults_of(page)
    view(page, "Risico")
    with keeping(page, 'then "hoog" else "laag"</text>'):
        page.locator(".cm-content").click()
        page.keyboard.type('if klachten > 2 then "hoog" else "laag"')
    view(page, "Soort controle")
    page.get_by_title("Regel toevoegen").first.click()
    page.keyboard.type('"hoog"')
    result = page.locator("td.output-cell").first.get_attribute("data-element-id")
    fill(page, str(result), '"bezoek"')
    page.locator("th.input-cell").first.dblclick()
    page.get_by_role("textbox", name="Gegeven").fill("Risico")
    page.keyboard.press("Escape")
    page.get_by_label("Dan is").fill('"dossier"')
    page.get_by_label("Dan is").blur()
    expect(page.locator("[data-findings]")).to_contain_text("niets meer in te vullen")
    expect(page.locator("[data-status]")).to_have_text(KEPT)
    page.reload()
    page.locator("[data-dmn][data-ready]").wait_for()
    view(page, "Soort controle")
    expect(page.get_by_label("Dan is")).to_have_value('"dossier"')
    deploy(page)
    heading(page, "Soort controle, versie 1")
    assert faults == []
    assert decided(product, klachten=3)[0] == "bezoek"
    outcome, case = decided(product, klachten=1)
    assert outcome == "dossier"
    operator = new_page()
    login_account(operator, "operator")
    operator.goto(f"/beheer/processen/{case}")
    expect(operator.get_by_role("table", name="Beslissingen")).to_contain_text("Soort controle")
    expect(operator.get_by_role("table", name="Beslissingen")).to_contain_text("Risico")


def decided(product: Product, **variables: Any) -> tuple[Any, UUID]:
    """What a process that asks the decision comes to, and its case."""
    decide = node("businessRuleTask", "decide", camunda_decisionRef="controle_zonder_muis")
    wait = node("userTask", "wait", camunda_candidateGroups="registrar")
    xml = process(straight(decide, wait, ids=("decide", "wait")), "asks_control")
    with product.database.writing() as session:
        definitions.deploy(session, xml, vocabulary=vocabulary(), deployed_by="t")
        case = instances.start_process(session, "asks_control", started_by="t", variables=variables)
        session.flush()
        return list(instances.variables(session, case).values())[-1], case.id
