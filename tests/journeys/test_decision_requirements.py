"""An owner draws decisions that require others and types FEEL with completion; a process asks."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages import heading, login_account
from tests.journeys.test_accessibility import faults_of
from tests.journeys.test_decision_tables import KEPT, deploy, upload

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
    page.keyboard.press("Backspace")
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    expect(page.locator("[data-status]")).to_have_text(KEPT)
    deploy(page)
    heading(page, "Soort controle, versie 1")
    assert faults == []
