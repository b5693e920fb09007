"""Two files of one process: what was added, removed, changed and moved, and nothing overlooked."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from processes.engine.deployment.diff import Change, Difference, Kind, differences
from processes.engine.diagram.graph import UnreadableDiagramError
from tests.processes.engine.checks.rules.test_pools import ASKS, DOCUMENTS, HEARS, collaboration
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    flow,
    message,
    node,
    process,
    timer,
    user,
)
from tests.processes.engine.tables import dmn, rule, table

ROOT = Path(__file__).parents[4]
OWN = {file.stem: file.read_bytes() for file in sorted((ROOT / "bpmn").glob("*.bpmn"))}
FOREIGN = {
    file.stem: file.read_bytes()
    for file in sorted((ROOT / "tests/corpora/miwg-reference").glob("*.bpmn"))
}
ONBOARDING = OWN["provider_onboarding"]


def only(old: bytes, new: bytes) -> Difference:
    (found,) = differences(old, new)
    return found


def changed(old: str, new: str, xml: bytes = ONBOARDING) -> tuple[Change, ...]:
    assert old.encode() in xml
    found = only(xml, xml.replace(old.encode(), new.encode(), 1))
    assert found.kind is Kind.CHANGED
    return found.changes


def test_a_condition_and_a_default_behind_a_task_are_told() -> None:
    ends = user("x") + user("a") + user("b")
    old = process(ends + chain("x", "a") + chain("x", "b"))
    new = process(ends.replace('id="x"', 'id="x" default="x_to_b"') + flow("x", "a", "n == 1")
                  + flow("x", "b"))  # fmt: skip
    told = {each.element_id: each for each in differences(old, new)}
    assert set(told) == {"x", "x_to_a"}
    assert [each.label for each in told["x"].changes] == ["Pijl als niets anders past"]
    assert [each.new for each in told["x_to_a"].changes] == ["n == 1"]


GATEWAY = user("a") + user("b") + user("c") + flow("g", "c")
HIGH, LOW = flow("g", "a", "n > 10"), flow("g", "b", "n > 5")


def choosing(*flows: str) -> bytes:
    """A gateway with these flows, of which the first that holds is taken."""
    drawn = node("exclusiveGateway", "g", default="g_to_c")
    return process(drawn + GATEWAY + "".join(flows))


def test_another_order_of_conditions_behind_a_gateway_is_told() -> None:
    found = only(choosing(HIGH, LOW), choosing(LOW, HIGH))
    assert (found.element_id, found.kind) == ("g", Kind.CHANGED)
    told = Change("order", "Volgorde waarin wordt gekeken wat past", "a, b", "b, a")
    assert found.changes == (told,)
    assert "eerst “a, b”, nu “b, a”" in found.sentence


def test_a_condition_that_comes_or_goes_is_no_other_order() -> None:
    middle = flow("g", "m", "n > 7")
    told = differences(choosing(HIGH, LOW), choosing(HIGH, middle, LOW))
    assert [each.element_id for each in told] == ["g_to_m"]
    told = differences(choosing(HIGH, middle, LOW), choosing(LOW, HIGH))
    assert [each.element_id for each in told] == ["g_to_m", "g"]


def test_where_the_flow_for_all_else_stands_in_the_file_changes_nothing() -> None:
    old = choosing(HIGH, LOW)
    default = flow("g", "c").encode()
    new = old.replace(default, b"").replace(b"</bpmn:process>", default + b"</bpmn:process>")
    assert new != old
    assert differences(old, new) == []


def test_another_order_of_rules_is_told_by_their_numbers() -> None:
    rules = [rule(f'"{name}"', f'"{name}"').replace('id="row"', f'id="r{name}"') for name in "abcd"]
    old, new = (
        dmn(table(*order, hit_policy="FIRST"))
        for order in (rules, [*rules[:1], rules[2], rules[1], rules[3]])
    )
    (change,) = only(old, new).changes
    assert (change.part, change.old, change.new) == (
        "order",
        "regel 2, regel 3",
        "regel 3, regel 2",
    )


@pytest.mark.parametrize("name", [*OWN, *FOREIGN])
def test_a_file_is_not_different_from_itself(name: str) -> None:
    xml = (OWN | FOREIGN)[name]
    assert differences(xml, xml) == []


def test_a_new_task_is_told_with_the_arrows_to_it() -> None:
    old = process(user("ask") + node("startEvent", "start") + chain("start", "ask"))
    new = process(
        user("ask") + user("check") + node("startEvent", "start") + chain("start", "ask", "check")
    )
    found = differences(old, new)
    assert {each.kind for each in found} == {Kind.ADDED}
    assert {each.element_id for each in found} == {"check", "ask_to_check"}
    assert [each.kind for each in differences(new, old)] == [Kind.REMOVED] * 2
    sentences = {each.sentence for each in found}
    assert "Taak voor een mens “check” is nieuw." in sentences
    assert "Pijl van “ask” naar “check” is nieuw." in sentences


def test_another_name_is_told_with_the_old_one_and_the_new_one() -> None:
    (change,) = changed("Bedrijfsgegevens controleren en aanvullen", "Bedrijf nakijken")
    assert change == Change(
        "name", "Naam", "Bedrijfsgegevens controleren en aanvullen", "Bedrijf nakijken"
    )
    assert change.sentence == (
        "Naam: eerst “Bedrijfsgegevens controleren en aanvullen”, nu “Bedrijf nakijken”."
    )


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('camunda:formKey="review"', 'camunda:formKey="ask"', "formKey"),
        ('camunda:topic="migrate-offers"', 'camunda:topic="other"', "topic"),
        ("${register_provider}", "${other}", "delegateExpression"),
        ("R17/PT1M", "R3/PT5M", "failedJobRetryTimeCycle"),
        ('candidateGroups="registrar"', 'candidateGroups="provider"', "candidateGroups"),
        ("Per eis ja of nee.", "Ja of nee.", "documentation"),
        ('errorCode="company-unknown"', 'errorCode="elsewhere"', "errorCode"),
        ('attachedToRef="register_provider"', 'attachedToRef="review"', "attachedToRef"),
        ("<bpmn:flowNodeRef>split</bpmn:flowNodeRef>", "", "lane"),
    ],
)
def test_what_changed_of_an_element_is_named(old: str, new: str, part: str) -> None:
    (change,) = changed(old, new)
    assert change.part == part
    assert change.label != part  # it has a Dutch word


def test_a_condition_is_told_on_its_arrow() -> None:
    found = only(ONBOARDING, ONBOARDING.replace(b"${all_yes}", b"${not all_yes}"))
    assert found.element_type == "sequenceFlow"
    assert "Voorwaarde: eerst “${all_yes}”, nu “${not all_yes}”." in found.sentence
    assert found.what.startswith("pijl “ja” van “Voldoet u aan alle eisen?” naar")


def test_a_condition_that_was_not_there_is_new_and_one_that_is_gone_is_gone() -> None:
    body = node("startEvent", "start") + user("ask")
    plain = process(body + flow("start", "ask"))
    with_condition = process(body + flow("start", "ask", "${x}"))
    assert "Voorwaarde is erbij gekomen: “${x}”." in only(plain, with_condition).sentence
    assert "Voorwaarde is weg. Dat was “${x}”." in only(with_condition, plain).sentence


def late(definition: str) -> bytes:
    return process(user("ask") + boundary("late", "ask", definition), messages=("m",))


def test_a_wait_that_became_longer_and_another_kind_of_wait() -> None:
    short, long, other = (
        late(timer(*given))
        for given in [("timeDuration", "P1D"), ("timeDuration", "P9D"), ("timeCycle", "R/P1D")]
    )
    (change,) = only(short, long).changes
    assert (change.label, change.old, change.new) == ("Wachttijd", "P1D", "P9D")
    assert [each.label for each in only(short, other).changes] == [
        "Herhaling in de tijd",
        "Wachttijd",
    ]
    kinds = [(each.label, each.old, each.new) for each in only(short, late(message("m"))).changes]
    assert ("Soort gebeurtenis", "wachttijd", "bericht") in kinds


def with_extension(inner: str) -> bytes:
    return process(user("ask", f"<extensionElements>{inner}</extensionElements>"))


def test_parameters_and_properties_are_known_by_their_name() -> None:
    parameter = '<c:inputOutput><c:inputParameter name="{}">{}</c:inputParameter></c:inputOutput>'
    one, two, other = (
        with_extension(parameter.format(*given).replace("c:", "camunda:"))
        for given in [("to", "${a}"), ("to", "${b}"), ("cc", "${a}")]
    )
    assert only(one, two).changes == (Change("input:to", "Invoer “to”", "${a}", "${b}"),)
    assert {each.part for each in only(one, other).changes} == {"input:to", "input:cc"}


def form(*fields: str) -> bytes:
    return with_extension(f"<camunda:formData>{''.join(fields)}</camunda:formData>")


MEMBER = '<camunda:formField id="member" label="Bent u lid?" type="boolean"/>'
COUNT = '<camunda:formField id="count" label="Aantal" type="long"/>'


def test_the_fields_of_a_form_are_told_one_by_one() -> None:
    added = only(form(MEMBER), form(MEMBER, COUNT)).sentence
    assert "Veld “count” is erbij gekomen: “Aantal · getal”." in added
    asked = MEMBER.replace("Bent u lid?", "Lid?").replace(
        "/>",
        '><camunda:validation><camunda:constraint name="required" config="true"/>'
        "</camunda:validation></camunda:formField>",
    )
    (change,) = only(form(MEMBER), form(asked)).changes
    assert change.old == "Bent u lid? · ja of nee"
    assert change.new == "Lid? · ja of nee · verplicht: ja"
    (order,) = only(form(MEMBER, COUNT), form(COUNT, MEMBER)).changes
    assert order.label == "Volgorde van de velden"


def test_an_event_at_the_edge_says_what_it_is_attached_to() -> None:
    body = user("ask") + user("other")
    here, there = (process(body + boundary("refused", on, error("no"))) for on in ("ask", "other"))
    (change,) = only(here, there).changes
    assert change.sentence == "Zit aan: eerst “ask”, nu “other”."


def test_what_is_drawn_elsewhere_and_nothing_else_has_moved() -> None:
    moved = ONBOARDING.replace(b'<dc:Bounds x="182" y="242"', b'<dc:Bounds x="190" y="300"')
    assert moved != ONBOARDING
    found = only(ONBOARDING, moved)
    assert (found.kind, found.element_id) == (Kind.MOVED, "start")
    assert found.sentence == "Begin “Aanbieder begint” staat op een andere plek in de tekening."


def test_an_arrow_that_follows_its_ends_has_not_moved_but_one_that_is_bent_has() -> None:
    bent = ONBOARDING.replace(b'<di:waypoint x="690" y="170"', b'<di:waypoint x="690" y="150"')
    assert only(ONBOARDING, bent).element_id == "confirmed_to_company_details"
    both = bent.replace(b'<dc:Bounds x="623" y="220"', b'<dc:Bounds x="623" y="240"')
    assert only(ONBOARDING, both).element_id == "company_details"


def test_what_changed_and_moved_is_one_difference_that_tells_both() -> None:
    xml = ONBOARDING.replace(b'<dc:Bounds x="182" y="242"', b'<dc:Bounds x="190" y="300"')
    found = only(ONBOARDING, xml.replace(b'name="Aanbieder begint"', b'name="Begin"'))
    assert found.kind is Kind.CHANGED
    assert [change.part for change in found.changes] == ["name", "place"]


LABEL = b'<dc:Bounds x="145" y="282" width="110" height="28" />'
TASK_SHAPE = b'bpmnElement="company_details">'


def test_what_a_modeller_draws_with_a_new_name_is_no_move() -> None:
    """bpmn-js puts the label of an event in another room, and an empty one in a task."""
    wider = ONBOARDING.replace(LABEL, LABEL.replace(b"110", b"62").replace(b"145", b"169"))
    renamed = only(ONBOARDING, wider.replace(b'name="Aanbieder begint"', b'name="Begin"'))
    assert [change.part for change in renamed.changes] == ["name"]
    assert renamed.kind is Kind.CHANGED
    marked = ONBOARDING.replace(TASK_SHAPE, TASK_SHAPE + b"<bpmndi:BPMNLabel />")
    assert marked != ONBOARDING
    assert differences(ONBOARDING, marked) == []


def test_a_name_that_is_drawn_elsewhere_has_moved() -> None:
    found = only(ONBOARDING, ONBOARDING.replace(LABEL, LABEL.replace(b"145", b"300")))
    assert (found.kind, found.element_id) == (Kind.MOVED, "start")


def test_a_renamed_task_does_not_change_the_arrows_to_it() -> None:
    renamed = ONBOARDING.replace(b'name="Aanbieder registreren"', b'name="Registreren"')
    assert only(ONBOARDING, renamed).element_id == "register_provider"


def test_two_elements_of_one_name_are_told_apart_by_their_ids() -> None:
    body = node("startEvent", "start") + user("a") + user("b").replace('name="b"', 'name="a"')
    found = only(
        process(body + flow("start", "a")),
        process(body + flow("start", "a").replace('targetRef="a"', 'targetRef="b"')),
    )
    assert found.changes[0].sentence == "Gaat naar: eerst “a (a)”, nu “a (b)”."


def test_what_a_modeller_may_write_or_leave_out_is_no_difference() -> None:
    explicit = process(user("ask") + boundary("b", "ask", error("no")))
    bare = explicit.replace(b' cancelActivity="true"', b"")
    with_default = bare.replace(
        b' attachedToRef="ask"', b' attachedToRef="ask" cancelActivity="true"'
    )
    assert bare != with_default
    assert differences(bare, with_default) == []
    again = explicit.replace(b"<definitions ", b'<definitions exporter="Ander" ', 1)
    assert differences(explicit, again) == []


def test_another_kind_of_element_under_the_same_id_has_changed() -> None:
    old, new = (process(node(kind, "do")) for kind in ("userTask", "serviceTask"))
    (change,) = only(old, new).changes
    assert change.sentence == "Soort: eerst “taak voor een mens”, nu “taak voor Loket”."


DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d">
<decision id="fee" name="Bijdrage"><decisionTable id="t" hitPolicy="FIRST">
<input id="i1"><inputExpression id="e1"><text>kind</text></inputExpression></input>
<output id="o1" name="fee"/>
<rule id="r1"><inputEntry id="c1"><text>"a"</text></inputEntry>
<outputEntry id="c2"><text>10</text></outputEntry></rule></decisionTable></decision>
</definitions>"""


def test_a_rule_of_a_decision_table_is_told_too() -> None:
    found = only(DECISION.encode(), DECISION.replace(">10<", ">12<").encode())
    assert found.element_type == "rule"
    assert "“10”, nu “12”" in found.sentence
    hit = only(DECISION.encode(), DECISION.replace("FIRST", "COLLECT").encode())
    assert hit.element_type == "decision"


def test_a_file_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(UnreadableDiagramError):
        differences(ONBOARDING, b"geen xml")


def told(xml: bytes) -> list[tuple[int, str]]:
    """Each attribute, by number of its element and name, that says something of the process."""
    return [
        (number, str(name))
        for number, element in enumerate(etree.fromstring(xml).iter("{*}*"))
        for name in element.attrib
        if "/spec/DD/" not in str(element.tag) and "/DI" not in str(element.tag)
        if name != "id" and "XMLSchema" not in str(name) and "definitions" not in str(element.tag)
    ]


PLACES = [(xml, place) for xml in OWN.values() for place in told(xml)]


@given(st.sampled_from(PLACES))
def test_whatever_attribute_is_changed_is_noticed(case: tuple[bytes, tuple[int, str]]) -> None:
    xml, (number, name) = case
    tree = etree.fromstring(xml)
    element = list(tree.iter("{*}*"))[number]
    element.set(name, f"{element.get(name)}x")
    assert differences(xml, etree.tostring(tree)), (element.tag, name)


def test_a_pool_that_documents_is_compared_like_any_other() -> None:
    old, new = collaboration(ASKS, DOCUMENTS), collaboration(ASKS, DOCUMENTS, HEARS)
    renamed = collaboration(ASKS, DOCUMENTS.replace('name="alone"', 'name="Alleen"'))

    assert only(old, renamed).element_id == "alone"
    added = {each.element_id for each in differences(old, new)}
    assert {"q", "a", "s2", "e2", "pool_q"} <= added


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '<camunda:in source="a" target="x"/>',
            '<camunda:in source="b" target="x"/>',
            "Meegeven “x”: eerst “a”, nu “b”.",
        ),
        ("", '<camunda:out variables="all"/>', "Terugkrijgen “all” is erbij gekomen: “all”."),
    ],
)
def test_what_a_call_passes_is_told_by_its_target(old: str, new: str, sentence: str) -> None:
    def call(mapping: str) -> bytes:
        inner = f"<bpmn:extensionElements>{mapping}</bpmn:extensionElements>"
        return process(node("callActivity", "c", inner, calledElement="q"))

    (change,) = only(call(old), call(new)).changes
    assert change.sentence == sentence
