"""The editor offers what runs here, and shows what a file brought along."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from processes.engine.diagram.layout.drawing import with_drawing
from tests.journeys.editor_page import answer_json, open_editor, saved
from tests.processes.engine.diagrams import boundary, chain, flow, node, process, user

pytestmark = pytest.mark.browser

EVENTS = {
    "intermediateCatchEvent": ["message", "timer", "conditional", "signal", "link"],
    "intermediateThrowEvent": ["message", "signal", "escalation", "link", "compensate"],
    "endEvent": ["message", "signal", "escalation", "error", "terminate", "compensate"],
}
TASKS = (
    *("task", "userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask"),
    *("receiveTask", "manualTask", "callActivity", "subProcess"),
)
WHO_AND_WHEN = {
    *("assignee", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "priority"),
}
MESSAGE = {"messageRef", "loket-correlationKey"}
CONDITION = {"conditionExpression", "conditionAsFeel"}
EVERYWHERE = {"name", "id", "documentation"}
# Beside those: what each kind of element offers. Lists that begin empty (input, fields) have none.
OFFERED: dict[str, set[str]] = {
    "p": {
        *("isExecutable", "candidateStarterGroups", "candidateStarterUsers"),
        *("loket-tenant", "loket-businessKey", "loket-legalTerm"),
    },
    "start": {"initiator", "loket-review"},
    "userTask": {"loket-choice", "loket-label", *WHO_AND_WHEN},
    "serviceTask": {"loket-choice"},
    "businessRuleTask": {"loket-choice"},
    "sendTask": {"loket-choice"},
    "receiveTask": MESSAGE,
    "called": {"messageRef"},
    "callActivity": {"loket-choice", "inMapping-propagation", "outMapping-propagation"},
    "several": {
        *("loket-choice", "loket-label", *WHO_AND_WHEN),
        *("loopCardinality", "completionCondition", "collection", "elementVariable"),
    },
    "intermediateCatchEvent_message": MESSAGE,
    "intermediateCatchEvent_timer": {"timerEventDefinitionType", "retryTimeCycle"},
    "intermediateCatchEvent_conditional": CONDITION,
    "intermediateCatchEvent_signal": {"signalRef"},
    "intermediateCatchEvent_link": {"linkName"},
    "intermediateThrowEvent_message": MESSAGE,
    "intermediateThrowEvent_signal": {"signalRef"},
    "intermediateThrowEvent_escalation": {"escalationRef"},
    "intermediateThrowEvent_link": {"linkName"},
    "intermediateThrowEvent_compensate": {"waitForCompletion", "activityRef"},
    "endEvent_compensate": {"waitForCompletion", "activityRef"},
    "endEvent_message": MESSAGE,
    "endEvent_signal": {"signalRef"},
    "endEvent_escalation": {"escalationRef"},
    "endEvent_error": {"errorRef"},
    "refused": {"errorRef"},
    "exclusiveGateway_to_end": CONDITION,
}
GROUPS = """id => {
  const { modeler, panel } = document.querySelector('[data-modeler]');
  const element = modeler.get('elementRegistry').get(id);
  const groups = panel.get('propertiesPanel')._getProviders(element)
    .reduce((made, provider) => provider.getGroups(element)(made), []);
  const shown = (items = []) => items.map(({ entries, remove }) => (
    { entries: entries.map(each => each.id), canGo: Boolean(remove) }));
  return groups.map(({ id, entries = [], items, add }) => (
    { id, entries: entries.map(each => each.id), items: shown(items), canAdd: Boolean(add) }));
}"""
MENU = """menu => {
  const { modeler } = document.querySelector('[data-modeler]');
  const element = modeler.get('elementRegistry').get('task');
  return Object.keys(modeler.get('popupMenu')._getEntries(
    element, modeler.get('popupMenu')._getProviders(menu)));
}"""

SELECT = """id => {
  const { modeler } = document.querySelector('[data-modeler]');
  modeler.get('selection').select(modeler.get('elementRegistry').get(id));
}"""
STEPS = "document.querySelector('[data-modeler]').modeler.get('commandStack')._stackIdx"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def everything() -> bytes:
    """One of each kind of element that has properties of its own."""
    several = node("userTask", "several", "<bpmn:multiInstanceLoopCharacteristics/>")
    events = {
        f"{kind}_{what}": node(kind, f"{kind}_{what}", f"<bpmn:{what}EventDefinition/>")
        for kind, whats in EVENTS.items()
        for what in whats
    }
    body = node("startEvent", "start") + node("endEvent", "end") + several
    body += node("startEvent", "called", "<bpmn:messageEventDefinition/>") + chain("called", "task")
    body += "".join(node(kind, kind) for kind in (*TASKS, "exclusiveGateway"))
    body += "".join(events.values()) + boundary(
        "refused", "userTask", "<bpmn:errorEventDefinition/>"
    )
    within = [each for each in events if not each.startswith("endEvent")]
    body += chain("start", *TASKS, "several", *within, "exclusiveGateway", "end")
    ends = (each for each in events if each.startswith("endEvent"))
    body += "".join(flow("exclusiveGateway", each) for each in ends)
    return with_drawing(process(body))


def groups(page: Page, element: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(GROUPS, element)
    return found


def test_nothing_is_offered_that_is_refused_or_does_nothing(page: Page) -> None:
    open_editor(page, everything())
    ids = page.evaluate(
        "document.querySelector('[data-modeler]').modeler.get('elementRegistry')"
        ".filter(each => !each.labelTarget).map(each => each.id)"
    )
    assert set(OFFERED) <= set(ids)
    for element in ids:
        offered = {each for group in groups(page, element) for each in group["entries"]}
        own = OFFERED.get(element, set())
        is_flow = "_to_" in element and "conditionExpression" in offered
        assert offered - EVERYWHERE == (own | CONDITION if is_flow else own), element
    for menu in ("bpmn-replace", "bpmn-append", "bpmn-create"):
        entries = page.evaluate(MENU, menu)
        assert any("user-task" in each for each in entries), menu
        assert not any("script" in each or "complex" in each for each in entries), menu


def lists(page: Page, element: str) -> set[str]:
    """The lists of its own data to which more can be added."""
    own = {"CamundaPlatform__Input", "CamundaPlatform__Output"}
    return own & {each["id"] for each in groups(page, element) if each["canAdd"]}


def test_data_of_its_own_is_offered_where_it_is_taken(page: Page) -> None:
    open_editor(page, everything())
    for task in TASKS:
        assert lists(page, task) == {"CamundaPlatform__Input", "CamundaPlatform__Output"}, task
    throwing = {f"{kind}_{what}" for kind, whats in EVENTS.items() for what in whats}
    for event in (*throwing, "start", "end", "refused", "exclusiveGateway"):
        carries = event.startswith(("intermediateThrow", "end")) and event.endswith(
            ("message", "signal")
        )
        assert lists(page, event) == ({"CamundaPlatform__Input"} if carries else set()), event


@pytest.mark.parametrize("chosen", [True, False], ids=["chosen in the panel", "in the file"])
def test_who_does_a_task_with_a_form_and_when_is_asked_as_of_any_task(
    page: Page, *, chosen: bool
) -> None:
    ends = node("startEvent", "start") + node("endEvent", "end") + chain("start", "t", "end")
    named = "" if chosen else ' camunda:formKey="review-answers"'
    task = f'<bpmn:userTask id="t"{named}/>'
    open_editor(page, with_drawing(process(ends + task)))
    page.evaluate(SELECT, "t")
    if chosen:
        page.get_by_label("Welk formulier?").select_option(label="Antwoorden beoordelen")
        expect(page.locator("[data-entry-id=candidateGroups] input")).to_have_value("registrar")
    found = {each["id"]: each for each in groups(page, "t")}
    asked = [name for each in found.values() for name in each["entries"]]
    assert set(asked) == EVERYWHERE | {"loket-choice", "loket-label", *WHO_AND_WHEN}
    assert lists(page, "t") == {"CamundaPlatform__Input", "CamundaPlatform__Output"}

    page.locator(".bio-properties-panel-group-header", has_text="Wie doet het").click()
    typed = {
        "Persoon": '${taker["beoordelen"]}',
        "Groepen die het mogen doen": "registrar, operator",
        "Datum om op terug te komen": "${datum}",
        "Voorrang": "80",
    }
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
        page.get_by_label(label, exact=True).blur()
    drawn = saved(page)
    assert b'camunda:formKey="review-answers"' in drawn
    assert b'camunda:candidateGroups="registrar, operator"' in drawn
    assert b'camunda:followUpDate="${datum}"' in drawn
    assert b'camunda:priority="80"' in drawn


def test_a_condition_is_written_as_feel_only_when_its_owner_asks(page: Page) -> None:
    drawn = node("startEvent", "start") + node("endEvent", "end") + node("exclusiveGateway", "x")
    form = (
        "<bpmn:extensionElements><camunda:formData>"
        '<camunda:formField id="begin" label="Begin" type="date"/>'
        '<camunda:formField id="name" label="Naam" type="string"/>'
        "</camunda:formData></bpmn:extensionElements>"
    )
    ways = chain("start", "t", "x") + flow("x", "end", "begin &lt; today()")
    asked: list[Any] = []

    def server(route: Route) -> None:
        if route.request.url.endswith("/feel"):
            asked.append(route.request.post_data_json)
            refused = {"problem": "Dit kan niet als FEEL."}
            answer_json(route, *(({"feel": "= begin < today()"},) if asked[1:] else (refused, 422)))
        else:
            answer_json(route, {"version": 2, "findings": []})

    open_editor(page, with_drawing(process(drawn + user("t", form) + ways)), server=server)
    page.evaluate(SELECT, "x_to_end")
    page.locator("[data-group-id=group-CamundaPlatform__Condition] [class*=header]").first.click()
    button = page.get_by_role("button", name="Schrijf als FEEL")

    button.click()
    expect(page.get_by_role("alert").filter(has_text="Dit kan niet als FEEL.")).to_be_visible()
    assert b">begin &lt; today()<" in saved(page)
    button.click()
    expect(button).to_have_count(0)

    assert asked == [{"text": "begin < today()", "dates": ["begin"]}] * 2
    assert b">= begin &lt; today()<" in saved(page)


def test_what_a_file_brought_along_can_be_taken_out_but_not_added(page: Page) -> None:
    listener = "<bpmn:extensionElements><camunda:executionListener event='start'/>"
    script = "<camunda:inputOutput><camunda:inputParameter name='a'><camunda:list/>"
    rest = "</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>"
    task = user("t", listener + script + rest)
    start = node("startEvent", "start") + node("endEvent", "end") + chain("start", "t", "end")
    xml = with_drawing(process(task + start))
    open_editor(page, xml.replace(b"<bpmn:process ", b'<bpmn:process camunda:versionTag="7" '))
    found = {each["id"]: each for each in groups(page, "t")}
    listeners = found["CamundaPlatform__ExecutionListener"]
    assert [each["canGo"] for each in listeners["items"]] == [True]
    assert not listeners["canAdd"]
    assert "versionTag" in groups(page, "p")[0]["entries"]
    (parameter,) = found["CamundaPlatform__Input"]["items"]
    assert any(each.endswith("-type") for each in parameter["entries"])


def test_the_condition_of_an_event_is_one_field(page: Page) -> None:
    event = node("intermediateCatchEvent", "waits", "<bpmn:conditionalEventDefinition/>")
    ends = node("startEvent", "start") + node("endEvent", "end")
    open_editor(page, with_drawing(process(ends + event + chain("start", "waits", "end"))))
    page.locator("[data-element-id=waits] .djs-hit").first.click()
    page.locator("[data-group-id=group-CamundaPlatform__Condition] [class*=header]").first.click()
    page.get_by_label("Voorwaarde", exact=True).fill("${betaald}")
    page.get_by_label("Voorwaarde", exact=True).blur()
    assert b">${betaald}</bpmn:condition>" in saved(page)


def test_what_loket_reads_of_the_properties_has_a_field_with_a_name(page: Page) -> None:
    own = "<camunda:property name='afdeling' value='noord'/><camunda:property name='tenant' "
    properties = f"<camunda:properties>{own}value='${{kvk}}'/></camunda:properties>"
    extensions = f"<bpmn:extensionElements>{properties}</bpmn:extensionElements>"
    ends = node("startEvent", "start") + node("endEvent", "end") + chain("start", "end")
    open_editor(page, with_drawing(process(extensions + ends)))
    found = {each["id"]: each for each in groups(page, "p")}
    assert len(found["CamundaPlatform__ExtensionProperties"]["items"]) == 1
    named = ["loket-tenant", "loket-businessKey", "loket-legalTerm"]
    assert found["Loket__Cases"]["entries"] == named
    page.locator(".bio-properties-panel-group-header", has_text="Zaken van dit proces").click()
    tenant = page.get_by_label("Bij welk bedrijf hoort de zaak?")
    expect(tenant).to_have_value("${kvk}")
    tenant.fill("${aanbieder}")
    tenant.blur()
    assert b'name="tenant" value="${aanbieder}"' in saved(page)
    tenant.fill("")
    tenant.blur()
    assert b'name="tenant"' not in saved(page)
    assert b'name="afdeling" value="noord"' in saved(page)


def test_a_task_for_a_program_outside_has_a_topic_attempts_and_a_priority(page: Page) -> None:
    ends = node("startEvent", "start") + node("endEvent", "end") + chain("start", "call", "end")
    open_editor(page, with_drawing(process(ends + node("serviceTask", "call"))))
    page.locator("[data-element-id=call] .djs-hit").first.click()
    choice = page.get_by_label("Wat gebeurt er?")
    choice.select_option(label="Een programma van buiten")
    for label, text in {
        "Onderwerp": "bel-de-klant",
        "Hoe vaak mag het programma het proberen?": "3",
        "Hoe dringend is het?": "75",
    }.items():
        page.get_by_label(label).fill(text)
        page.get_by_label(label).blur()
    drawn = saved(page)
    assert b'camunda:type="external" camunda:topic="bel-de-klant"' in drawn
    assert b"<camunda:failedJobRetryTimeCycle>R3/PT1M</camunda:failedJobRetryTimeCycle>" in drawn
    assert b'camunda:taskPriority="75"' in drawn
    expect(choice).to_have_value("outside")
    page.get_by_label("Hoe vaak mag het programma het proberen?").fill("")
    page.get_by_label("Hoe vaak mag het programma het proberen?").blur()
    assert b"failedJobRetryTimeCycle" not in saved(page)
    choice.select_option(label="Nog niet gekozen")
    drawn = saved(page)
    assert b"camunda:topic" not in drawn
    assert b"camunda:type" not in drawn
    assert b"taskPriority" not in drawn


@pytest.mark.parametrize("element", ["p", "start", "userTask", "start_to_task"])
def test_a_field_that_is_left_empty_is_no_change(page: Page, element: str) -> None:
    open_editor(page, everything())
    page.evaluate(SELECT, element)
    if element == "start":
        page.locator("[data-group-id=group-Loket__Fields] button[class*=add-entry]").click()
    made = page.evaluate(STEPS)
    panel = page.locator("[data-panel]")  # it follows a moment later
    expect(panel.locator("[data-entry-id=id] input")).to_have_value(element)
    inputs = panel.locator("input, textarea")
    for one in inputs.all():
        one.dispatch_event("focus")
        one.dispatch_event("blur")
    assert page.evaluate(STEPS) == made


def test_the_buttons_of_a_list_in_the_panel_are_dutch(page: Page) -> None:
    open_editor(page, everything())
    page.evaluate(SELECT, "start")
    fields = page.locator("[data-group-id=group-Loket__Fields]")
    fields.locator("button[class*=add-entry]").click()
    titles = fields.locator("button[title], div[title]")
    expect(titles.first).to_be_attached()
    shown = titles.evaluate_all("all => all.map(each => each.title)")
    english = [each for each in shown if re.search("section|list|item|Create|Delete", each)]
    assert english == []
