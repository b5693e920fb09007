"""A file of several pools: what runs, what only documents, and the messages between."""

import pytest

from processes.engine.checks.findings import Severity
from tests.processes.engine.checks.rules.judging import (
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
)
from tests.processes.engine.diagrams import HEAD, chain, message, node, straight, user


def pool(key: str, body: str, *, executable: bool = True) -> str:
    runs = "true" if executable else "false"
    return f'<bpmn:process id="{key}" isExecutable="{runs}">{body}</bpmn:process>'


def collaboration(*pools: str, flows: str = "", names: tuple[str, ...] = ("vraag",)) -> bytes:
    """A file of these processes, each in a pool of its own."""
    keys = [each.partition('id="')[2].partition('"')[0] for each in pools]
    participants = "".join(
        f'<bpmn:participant id="pool_{key}" name="Pool {key}" processRef="{key}"/>' for key in keys
    )
    messages = "".join(f'<bpmn:message id="message_{name}" name="{name}"/>' for name in names)
    return (
        f'{HEAD}{messages}<bpmn:collaboration id="pools">{participants}{flows}</bpmn:collaboration>'
        f"{''.join(pools)}</bpmn:definitions>"
    ).encode()


def message_flow(source: str, target: str) -> str:
    return f'<bpmn:messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/>'


ASKS = node("startEvent", "s1") + node("sendTask", "ask", messageRef="message_vraag")
ASKS = pool("p", ASKS + node("endEvent", "e1") + chain("s1", "ask", "e1"))
HEARS = node("startEvent", "s2", message("vraag")) + user("a") + node("endEvent", "e2")
HEARS = pool("q", HEARS + chain("s2", "a", "e2"))
PEOPLE = (
    node("startEvent", "s3")
    + node("scriptTask", "think", "<bpmn:script>print()</bpmn:script>")
    + node("complexGateway", "g3")
    + node("callActivity", "c3", calledElement="nowhere")
    + node("userTask", "alone", camunda_formKey="gone")
)
DOCUMENTS = pool("people", PEOPLE, executable=False)
BOTH = collaboration(ASKS, HEARS, flows=message_flow("ask", "s2"))
EXAMPLES = {
    "documentation-pool": Example(collaboration(ASKS, DOCUMENTS), BOTH, at="people"),
    "message-flow": Example(
        collaboration(ASKS, HEARS, flows=message_flow("ask", "a")), BOTH, at="mf"
    ),
    "message-flow-end": Example(
        collaboration(ASKS, HEARS, flows=message_flow("ask", "gone")), BOTH, at="mf"
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_pool_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_pool_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def test_what_stands_in_a_pool_that_documents_is_judged_by_no_rule_of_what_runs() -> None:
    findings = found(collaboration(ASKS, DOCUMENTS))

    assert [(each.rule, each.severity) for each in findings] == [
        ("documentation-pool", Severity.WARNING)
    ]
    assert "Pool people" in findings[0].message


def test_a_pool_that_documents_alone_must_be_made_to_run() -> None:
    findings = found(collaboration(DOCUMENTS))

    assert "not-executable" in {each.rule for each in findings}
    assert "code-refused" in {each.rule for each in findings} or "element-allowed" in {
        each.rule for each in findings
    }


def test_an_id_is_used_once_in_the_whole_file() -> None:
    twice = DOCUMENTS.replace('id="alone"', 'id="ask"')

    assert "id-unique" in {each.rule for each in found(collaboration(ASKS, twice))}


def test_a_call_of_a_pool_that_documents_is_a_call_of_nothing() -> None:
    call = node("callActivity", "call", calledElement="people")
    caller = pool("p", straight(call, ids=("call",)))

    assert "call-exists" in {each.rule for each in found(collaboration(caller, DOCUMENTS))}


@pytest.mark.parametrize(
    ("source", "target", "is_told"),
    [
        ("ask", "s2", False),
        ("ask", "pool_q", False),
        ("pool_p", "pool_q", False),
        ("pool_p", "s2", False),
        ("pool_q", "pool_p", True),
        ("ask", "pool_people", False),
        ("alone", "s2", False),
        ("pool_people", "a", False),
        ("s1", "s2", True),
        ("ask", "gone", False),
    ],
)
def test_a_message_flow_between_processes_that_run_needs_one_message(
    source: str, target: str, *, is_told: bool
) -> None:
    drawn = collaboration(ASKS, HEARS, DOCUMENTS, flows=message_flow(source, target))

    assert ("message-flow" in {each.rule for each in found(drawn)}) is is_told


@pytest.mark.parametrize(
    ("says", "is_told"), [("vraag", False), ("antwoord", True), ("gone", True)]
)
def test_a_message_flow_that_names_another_message_is_told(says: str, *, is_told: bool) -> None:
    flow = message_flow("ask", "s2").replace("/>", f' messageRef="message_{says}"/>')
    drawn = collaboration(ASKS, HEARS, flows=flow, names=("vraag", "antwoord"))

    told = [each.message for each in found(drawn) if each.rule == "message-flow"]
    assert bool(told) is is_told
    assert not is_told or says in told[0]


def test_a_message_flow_between_events_without_a_message_is_told_at_each_of_them() -> None:
    empty = "<bpmn:messageEventDefinition/>"
    throws = node("startEvent", "s1") + node("intermediateThrowEvent", "t", empty)
    throws = pool("p", throws + node("endEvent", "e1") + chain("s1", "t", "e1"))
    hears = HEARS.replace(message("vraag"), empty)

    told = found(collaboration(throws, hears, flows=message_flow("t", "s2")))

    assert {(each.rule, each.element) for each in told} == {
        ("reference-missing", "t"),
        ("reference-missing", "s2"),
        ("message-flow", "mf"),
    }
    assert {each.severity for each in told if each.rule == "reference-missing"} == {Severity.TODO}


def test_a_send_task_that_does_a_job_sends_nothing() -> None:
    job = 'camunda:type="external" camunda:topic="j"'
    working = ASKS.replace('messageRef="message_vraag"', f'messageRef="message_vraag" {job}')
    drawn = collaboration(working, HEARS, flows=message_flow("ask", "s2"))

    assert "message-flow" in {each.rule for each in found(drawn)}


@pytest.mark.parametrize(
    ("said", "rules"), [("", set()), ('isExecutable="true"', {"process-empty"})]
)
def test_an_empty_pool_beside_one_that_runs_is_drawing_unless_it_says_that_it_runs(
    said: str, rules: set[str]
) -> None:
    empty = f'<bpmn:process id="klant" {said}/>'

    findings = found(collaboration(ASKS, empty))

    assert {each.rule for each in findings} == rules
    assert {each.element for each in findings} <= {"klant"}


@pytest.mark.parametrize(("called", "is_refused"), [("q", False), ("r", True)])
def test_a_call_that_is_deployed_together_is_bound_to_that_deployment(
    called: str, *, is_refused: bool
) -> None:
    inner = pool("q", HEARS.partition(">")[2].removesuffix("</bpmn:process>"))
    bound = {"calledElement": called, "camunda_calledElementBinding": "deployment"}
    outer = pool("p", straight(node("callActivity", "call", **bound), ids=("call",)))

    rules = {each.rule for each in found(collaboration(outer, inner))}

    assert ("call-binding" in rules) is is_refused
