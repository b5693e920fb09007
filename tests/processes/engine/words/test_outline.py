"""A process as text: every element once, in an order that one can read, whatever was drawn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from processes.engine.diagram import graph
from processes.engine.words.outline import (
    UnknownScopeError,
    needed_tasks,
    outline,
    outline_of_draft,
)
from processes.engine.words.outline_parts import Outline, Step
from tests.processes.engine.diagrams import (
    boundary,
    chain,
    error,
    flow,
    job,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.processes.engine.repair.migration.migrating import ENDS, both, inside
from tests.processes.engine.undoing import CANCEL, COMPENSATE, scope, throw, undone
from tests.steps import calls_of

ROOT = Path(__file__).parents[4]
ONBOARDING = (ROOT / "bpmn" / "provider_onboarding.bpmn").read_bytes()
FILES = [*ROOT.glob("bpmn/*.bpmn"), *ROOT.glob("tests/corpora/**/*.bpmn")]


def of(body: str, **options: Any) -> Outline:
    return outline(process(body, **options), "p")


def lines(steps: Sequence[Step], depth: int = 0) -> list[str]:
    """The outline as one would indent it: names, labels of branches, and where they lead."""
    told = []
    for step in steps:
        told.append(f"{'  ' * depth}{step.name}")
        for branch in step.branches:
            told.append(f"{'  ' * depth} {branch.label}:")
            told += lines(branch.steps, depth + 1)
            if branch.goes_on:
                arrow = "<-" if branch.goes_on.is_back else "->"
                told.append(f"{'  ' * (depth + 1)}{arrow} {branch.goes_on.name}")
    return told


def text(told: Outline) -> list[str]:
    return [line for part in told.parts for line in lines(part.steps)]


def test_the_onboarding_reads_from_begin_to_end() -> None:
    told = outline(ONBOARDING, "provider_onboarding", {"provider": "Aanbieder"})

    assert told.name == "Bestaande aanbieder aanmelden"
    assert [step.id for step in told.parts[0].steps if step.kind == "userTask"] == [
        *("quality_requirements", "company_details", "review")
    ]
    steps = {step.id: step for step in told}
    assert steps["repair_address"].who == "Medewerker register"
    assert steps["quality_requirements"].documentation == (
        "Per eis ja of nee. Niets staat vooraf ingevuld."
    )
    labels = [branch.label for branch in steps["all_requirements_met"].branches]
    assert labels == ["“ja”: als “all yes” ja is", "“nee”: in alle andere gevallen"]


def test_only_tasks_that_nobody_passes_by_are_needed() -> None:
    assert needed_tasks(ONBOARDING, "provider_onboarding") == [
        *("quality_requirements", "company_details", "review")
    ]


def test_where_branches_meet_the_story_goes_on() -> None:
    assert text(of(both(("a",), ("b", "c")))) == [
        *("start", "split"),
        *(" Tegelijk, 1 van 2:", "  a", "  -> join"),
        *(" Tegelijk, 2 van 2:", "  b", "  c", "  -> join"),
        *("join", "after", "end"),
    ]


def test_what_was_told_is_not_told_again() -> None:
    body = (
        ENDS + user("a") + node("exclusiveGateway", "ok", default="ok_to_end") + user("mend")
        + chain("start", "a", "ok", "end") + flow("ok", "mend", "${n == 1}") + chain("mend", "a")
    )  # fmt: skip
    assert text(of(body)) == [
        *("start", "a", "ok"),
        *(" In alle andere gevallen:", "  -> end"),
        *(" Als n is 1:", "  mend", "  <- a"),
        "end",
    ]


def test_a_task_with_several_flows_out_tells_what_happens_at_once() -> None:
    body = (
        ENDS + user("a") + user("b") + user("c") + node("parallelGateway", "join")
        + chain("start", "a", "b", "join", "end") + chain("a", "c", "join")
    )  # fmt: skip
    told = of(body)
    assert text(told) == [
        *("start", "a"),
        *(" Tegelijk, 1 van 2:", "  b", "  -> join"),
        *(" Tegelijk, 2 van 2:", "  c", "  -> join"),
        *("join", "end"),
    ]
    assert [step.what for step in told if step.id == "a"] == ["Taak, daarna alles tegelijk"]


def test_a_task_with_conditions_behind_it_tells_when_each_way_is_taken() -> None:
    body = (
        ENDS + user("a", default="a_to_d") + user("b") + user("c") + user("d")
        + node("inclusiveGateway", "join") + chain("start", "a", "b", "join", "end")
        + flow("a", "c", "n == 1") + chain("a", "d", "join") + chain("c", "join")
    )  # fmt: skip
    told = of(body)
    assert text(told) == [
        *("start", "a"),
        *(" Altijd:", "  b", "  -> join"),
        *(" Als n is 1:", "  c", "  -> join"),
        *(" In alle andere gevallen:", "  d", "  -> join"),
        *("join", "end"),
    ]
    assert [step.what for step in told if step.id == "a"] == [
        "Taak, daarna elke weg waarvan de voorwaarde klopt"
    ]


def test_an_event_on_the_edge_with_several_flows_out_tells_each_of_them() -> None:
    edge = boundary("t", "a", timer("timeDuration", "P1D"))
    body = (
        ENDS + user("a") + edge + user("b") + user("c")
        + chain("start", "a", "end") + chain("t", "b", "end") + chain("t", "c", "end")
    )  # fmt: skip
    assert text(of(body)) == [
        *("start", "a"),
        *(" Na 1 dag (“t”), tegelijk, 1 van 2:", "  b", "  -> end"),
        *(" Na 1 dag (“t”), tegelijk, 2 van 2:", "  c", "  -> end"),
        "end",
    ]


def test_of_branches_that_never_meet_the_longest_goes_on() -> None:
    body = (
        ENDS + user("a") + user("b") + node("endEvent", "no")
        + node("exclusiveGateway", "ok", default="ok_to_no")
        + chain("start", "ok", "a", "b", "end") + chain("ok", "no")
    )  # fmt: skip
    assert text(of(body)) == [
        *("start", "ok", " Mogelijkheid 1:", "  -> a"),
        *(" In alle andere gevallen:", "  no", "a", "b", "end"),
    ]


@pytest.mark.parametrize(
    ("drawn", "label"),
    [
        (error("gone"), "Bij de fout “t”"),
        (timer("timeDuration", "P14D"), "Na 14 dagen (“t”)"),
        (timer("timeDuration", "${wait}"), "Na de tijd in “${wait}” (“t”)"),
        (timer("timeCycle", "R/PT1H"), "Elke 1 uur (“t”)"),
        (timer("timeCycle", "R3/PT1H"), "Elke 1 uur, hoogstens 3 keer (“t”)"),
        (timer("timeDuration", "PT1.5S"), "Na 1,5 seconden (“t”)"),
        (timer("timeDuration", "PT0,5H"), "Na 30 minuten (“t”)"),
        (
            timer("timeCycle", "R/2027-01-31T09:00/P1M"),
            "Elke 1 maand vanaf 31 januari 2027 om 09.00 uur (“t”)",
        ),
        (
            timer("timeCycle", "R3/2027-01-31T09:00/2027-02-01T10:00"),
            "Elke 1 dag en 1 uur vanaf 31 januari 2027 om 09.00 uur, hoogstens 3 keer (“t”)",
        ),
        (
            timer("timeCycle", "R3/PT1H/2027-01-31T12:00"),
            "Elke 1 uur vanaf 31 januari 2027 om 09.00 uur, hoogstens 3 keer (“t”)",
        ),
        (timer("timeDate", "2027-06-30T24:00"), "Op 1 juli 2027 om 00.00 uur (“t”)"),
        (timer("timeDate", "2027-07-01T10:00Z"), "Op 1 juli 2027 om 12.00 uur (“t”)"),
        (timer("timeDate", "${begin}"), "Op het moment “${begin}” (“t”)"),
        (message("paid"), "Bij het bericht “t”"),
        ("", "Bij “t”"),
    ],
)
def test_a_boundary_event_is_a_branch_of_its_task(drawn: str, label: str) -> None:
    body = (
        ENDS + job("send") + boundary("t", "send", drawn) + user("late")
        + chain("start", "send", "end") + chain("t", "late", "end")
    )  # fmt: skip
    told = of(body, errors=("gone",), messages=("paid",))
    assert text(told) == ["start", "send", f" {label}:", "  late", "  -> end", "end"]


def test_a_boundary_event_that_leaves_the_task_alone_says_so() -> None:
    edge = boundary("t", "a", timer("timeDuration", "P1D"), interrupting=False)
    body = straight(user("a"), user("b"), ids=("a",)) + edge + chain("t", "b", "end")
    assert " Na 1 dag (“t”); de taak zelf gaat door:" in text(of(body))


def link(kind: str, id_: str, name: str) -> str:
    return node(kind, id_, f'<bpmn:linkEventDefinition name="{name}"/>')


def test_a_link_is_a_flow_that_was_cut() -> None:
    """BPMN 2.0 §10.5.5: the story goes on at the event that catches it, whoever drew it where."""
    body = (
        ENDS + link("intermediateCatchEvent", "in", "B") + user("a") + user("b")
        + link("intermediateThrowEvent", "out", "B") + link("intermediateThrowEvent", "again", "B")
        + node("exclusiveGateway", "ok", default="ok_to_end")
        + chain("start", "a", "out") + chain("in", "b", "ok", "end") + chain("ok", "again")
    )  # fmt: skip

    told = of(body)

    assert [part.title for part in told.parts] == [""]
    assert text(told) == [
        *("start", "a", "b", "ok", " In alle andere gevallen:", "  -> end"),
        *(" Mogelijkheid 2:", "  <- b", "end"),
    ]
    assert needed_tasks(process(body), "p") == ["a", "b"]


def test_the_inside_of_a_subprocess_stands_in_it() -> None:
    told = of(inside(user("in") + chain("s2", "in", "e2")))
    assert text(told) == [
        *("start", "sub", " Dit gebeurt erin:", "  s2", "  in", "  e2"),
        *("after", "end"),
    ]


def test_who_does_it() -> None:
    body = straight(
        user("a", camunda_candidateGroups="clerks"), user("b"), job("c"), ids=("a", "b", "c")
    )
    told = {step.id: step.who for step in outline(process(body), "p", {"clerks": "De balie"})}
    assert told == {
        "start": "",
        "end": "",
        "a": "De balie",
        "b": "Iemand",
        "c": "Loket (vanzelf)",
    }


def test_a_gateway_at_which_branches_only_meet_is_passed_in_silence() -> None:
    join = '<bpmn:exclusiveGateway id="join"/>'
    body = (
        ENDS + node("exclusiveGateway", "ok", default="ok_to_b") + user("a") + user("b") + join
        + chain("start", "ok", "a", "join") + chain("ok", "b", "join", "end")
    )  # fmt: skip
    told = of(body)
    assert [line.strip() for line in text(told) if "->" in line] == ["-> end", "-> end"]
    assert "join" not in {step.id for step in told}


def test_what_nothing_leads_to_is_told_last() -> None:
    told = of(straight(user("a"), ids=("a",)) + user("lost"))
    assert [part.title for part in told.parts] == ["", "Hier leidt niets naartoe"]
    assert text(told)[-1] == "lost"


def test_what_lies_very_deep_is_told_after_the_rest() -> None:
    depth = 12
    gates = "".join(node("exclusiveGateway", f"g{n}") + user(f"x{n}") for n in range(depth))
    flows = "".join(chain(f"g{n}", f"x{n}", "end") for n in range(depth))
    bends = "".join(chain(f"x{n}", f"g{n + 1}") for n in range(depth - 1))
    told = of(ENDS + gates + chain("start", "g0") + flows + bends)
    assert {f"x{n}" for n in range(depth)} <= {step.id for step in told}


def test_an_unknown_process_is_told_apart() -> None:
    with pytest.raises(UnknownScopeError):
        outline(ONBOARDING, "unknown")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_of_every_diagram_each_element_is_told_once(file: Path) -> None:
    xml = file.read_bytes()
    for drawn in graph.read(xml).processes:
        told = [step.id for step in outline(xml, drawn.id or "") if step.id]
        assert len(told) == len(set(told))
        assert needed_tasks(xml, drawn.id or "") is not None


def test_a_diagram_with_the_most_flows_is_told_in_few_steps() -> None:
    steps, ways = 300, 12
    gates = "".join(node("exclusiveGateway", f"g{n}") for n in range(steps))
    ends = "".join(node("endEvent", f"e{n}") for n in range(steps))
    flows = "".join(
        flow(f"g{n}", f"g{n + by}") for n in range(steps) for by in range(1, ways) if n + by < steps
    )
    leave = "".join(flow(f"g{n}", f"e{n}") for n in range(steps))
    body = ENDS + gates + ends + chain("start", "g0") + flows + leave
    calls, told = calls_of(lambda: list(of(body)))
    assert calls < 2_000_000
    assert {f"g{n}" for n in range(steps)} <= {step.id for step in told}


def test_the_largest_diagram_is_told_in_few_steps() -> None:
    steps = 690
    gates = "".join(node("exclusiveGateway", f"g{n}") for n in range(steps))
    flows = chain("start", *(f"g{n}" for n in range(steps)), "end")
    back = "".join(flow(f"g{n}", f"g{n // 2}") for n in range(1, steps))
    body = ENDS + gates + flows + back.replace('id="g', 'id="back_g')
    calls, told = calls_of(lambda: list(of(body)))
    assert calls < 1_000_000
    assert len(told) == steps + 2


MULTI = "bpmn:multiInstanceLoopCharacteristics"
LOOP = "bpmn:standardLoopCharacteristics"
THREE = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
UNTIL = "<bpmn:completionCondition>${klaar}</bpmn:completionCondition>"
AS_MANY = "<bpmn:loopCardinality>${aantal}</bpmn:loopCardinality>"
AGAIN = "<bpmn:loopCondition>${nogmaals}</bpmn:loopCondition>"


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        (
            f'<{MULTI} isSequential="true" camunda:collection="${{scholen}}"/>',
            "Taak, een keer voor elk van “scholen”, na elkaar",
        ),
        (
            f'<{MULTI} camunda:collection="= scholen[count &gt; 3]"/>',
            "Taak, een keer voor elk van “scholen[count > 3]”, tegelijk",
        ),
        (
            f"<{MULTI}>{THREE}{UNTIL}</{MULTI}>",
            "Taak, 3 keer, tegelijk; het stopt zodra “klaar” ja is",
        ),
        (f"<{MULTI}>{AS_MANY}</{MULTI}>", "Taak, zo vaak als “aantal” zegt, tegelijk"),
        (f"<{MULTI}/>", "Taak, meer keren, tegelijk"),
        (
            f'<{LOOP} loopMaximum="5">{AGAIN}</{LOOP}>',
            "Taak, steeds opnieuw, zolang “nogmaals” ja is, hoogstens 5 keer",
        ),
        ("", "Taak"),
    ],
)
def test_how_often_a_step_is_done_is_told(drawn: str, told: str) -> None:
    (step,) = [step for step in of(straight(user("a", drawn), ids=("a",))) if step.id == "a"]

    assert step.what == told


def test_a_draft_without_a_process_of_that_key_tells_what_there_is() -> None:
    xml = process(straight(user("a"), ids=("a",)))
    empty = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"/>'

    assert "a" in [step.id for step in outline_of_draft(xml, "ander")]
    assert outline_of_draft(empty, "d").parts == ()


def test_what_undoes_is_told_at_what_it_undoes() -> None:
    inner = scope("subProcess", "s", undone(user("b"), "b"), ids=("b",))
    told = of(
        straight(undone(user("a"), "a"), inner, throw("t", "a"), ids=("a", "s", "t"))
        + node("subProcess", "e", node("startEvent", "e_start"), triggeredByEvent="true")
    )

    assert text(told)[:4] == ["start", "a", " Bij terugdraaien:", "  undo_a"]
    steps = {step.id: step for step in told}
    assert steps["t"].what == "Melding, draait “a” terug"
    assert steps["undo_b"].name == "undo_b"
    assert [part.title for part in told.parts] == ["", "Op elk moment"]


@pytest.mark.parametrize(
    ("thrown", "what"),
    [
        (throw("t"), "Melding, draait terug wat in dit deel is gedaan"),
        (throw("t", "a", waits=False), "Melding, draait “a” terug, en gaat intussen verder"),
        (node("endEvent", "t", CANCEL), "Einde, annuleert de transactie"),
    ],
)
def test_what_is_undone_is_told(thrown: str, what: str) -> None:
    told = of(straight(user("a"), thrown, ids=("a", "t")))
    assert next(step for step in told if step.id == "t").what == what


def test_an_event_subprocess_that_undoes_is_told_apart() -> None:
    begin = node("startEvent", "e_start", COMPENSATE)
    undo = node(
        "subProcess", "e", begin + user("b") + chain("e_start", "b"), triggeredByEvent="true"
    )
    told = of(straight(scope("transaction", "s", user("a"), undo, ids=("a",)), ids=("s",)))

    step = next(step for step in told if step.id == "s")
    assert step.what == "Onderdeel (transactie)"
    assert [branch.label for branch in step.branches] == [
        "Dit gebeurt erin",
        "Als dit wordt teruggedraaid",
    ]


def test_a_task_that_can_be_undone_is_needed_still() -> None:
    xml = process(straight(undone(user("a"), "a"), user("b"), ids=("a", "b")))
    assert needed_tasks(xml, "p") == ["a", "b"]


SEVERAL = message("m") + timer("timeDuration", "P2D")


@pytest.mark.parametrize(
    ("kind", "attributes", "told"),
    [
        ("intermediateCatchEvent", {}, "“m” of na 2 dagen"),
        ("intermediateCatchEvent", {"parallelMultiple": "true"}, "“m” en na 2 dagen"),
    ],
)
def test_an_event_with_several_definitions_tells_each(
    kind: str, attributes: dict[str, str], told: str
) -> None:
    body = straight(node(kind, "e", SEVERAL, **attributes), ids=("e",))
    (what,) = [each.what for each in outline(process(body, messages=("m",)), "p") if each.id == "e"]
    assert told in what


def test_a_shared_definition_is_told_at_its_event() -> None:
    refer = "<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>"
    root = timer("timeDuration", "P2D").replace("Definition>", 'Definition id="d">', 1)
    xml = process(straight(node("intermediateCatchEvent", "e", refer), ids=("e",)))
    xml = xml.replace(b"<bpmn:process", root.encode() + b"<bpmn:process", 1)
    (what,) = [each.what for each in outline(xml, "p") if each.id == "e"]
    assert "na 2 dagen" in what


def test_what_rounds_throw_is_told() -> None:
    behaviours = "".join(
        f"<bpmn:complexBehaviorDefinition><bpmn:condition>{condition}</bpmn:condition>"
        f"<bpmn:event>{message('m')}</bpmn:event></bpmn:complexBehaviorDefinition>"
        for condition in ("${late}",)
    )
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="schools" behavior="Complex">'
        f"{behaviours}</bpmn:multiInstanceLoopCharacteristics>"
    )
    xml = process(straight(user("a", loop), ids=("a",)), messages=("m",))
    (what,) = [each.what for each in outline(xml, "p") if each.id == "a"]
    assert what.endswith("; na een keer, als “late” ja is, komt het bericht “m”")
