"""Gateways decide by conditions, and a join gets what it waits for."""

import pytest

from tests.processes.engine.checks.rules.judging import (
    START_END,
    Example,
    assert_bad_is_found,
    assert_good_is_clean,
    found,
    xor,
)
from tests.processes.engine.diagrams import (
    chain,
    flow,
    message,
    node,
    process,
    straight,
    timer,
    user,
)
from tests.steps import calls_of

GOOD = xor(flow("g", "a", "x == 1"), flow("g", "b"), default="g_to_b")


def split_and_join(split: str, join: str, *flows: str) -> bytes:
    gateways = node(split, "g") + node(join, "m")
    ends = chain("s", "g") + chain("a", "m") + chain("b", "m") + chain("m", "c", "e")
    drawn = "".join(flows) or flow("g", "a") + flow("g", "b")
    return process(START_END + gateways + user("a") + user("b") + user("c") + ends + drawn)


def behind_a_task(*flows: str, **attributes: str) -> bytes:
    """Start, a user task a, and these flows to b and c, that meet in an inclusive gateway."""
    drawn = user("a", **attributes) + user("b") + user("c") + node("inclusiveGateway", "m")
    ends = chain("s", "a") + chain("b", "m", "e") + chain("c", "m")
    return process(START_END + drawn + ends + "".join(flows))


PARALLEL = split_and_join("parallelGateway", "parallelGateway")
CHOICE = (flow("g", "a", "x == 1"), flow("g", "b", "x == 2"))
MAY_WAIT = process(
    START_END + node("parallelGateway", "g") + node("parallelGateway", "m")
    + node("exclusiveGateway", "h", default="h_to_m") + node("endEvent", "e2")
    + user("a") + user("b") + chain("s", "g", "a", "m", "e") + chain("g", "b", "h", "m")
    + flow("h", "e2", "x == 1")
)  # fmt: skip

EXAMPLES = {
    "condition-missing": Example(xor(flow("g", "a"), flow("g", "b", "x == 1")), GOOD, at="g_to_a"),
    "default-missing": Example(xor(*CHOICE), GOOD, at="g"),
    "default-exists": Example(
        xor(flow("g", "a", "x == 1"), flow("g", "b"), default="m_to_e"), GOOD, at="g"
    ),
    "condition-misplaced": Example(
        split_and_join("parallelGateway", "parallelGateway", *CHOICE), PARALLEL, at="g_to_a"
    ),
    "condition-behind-event": Example(
        process(START_END + user("a") + flow("s", "a", "x == 1") + chain("a", "e")), at="s_to_a"
    ),
    "default-without-condition": Example(
        behind_a_task(chain("a", "b") + chain("a", "c"), default="a_to_b"),
        behind_a_task(flow("a", "b") + flow("a", "c", "x == 1"), default="a_to_b"),
        at="a_to_b",
    ),
    "default-with-condition": Example(xor(*CHOICE, default="g_to_b"), GOOD, at="g_to_b"),
    "gateway-without-exit": Example(
        process(START_END + node("eventBasedGateway", "g") + user("a") + chain("s", "a", "g")),
        at="g",
    ),
    "join-never-fires": Example(
        split_and_join("exclusiveGateway", "parallelGateway", *CHOICE), PARALLEL, at="m"
    ),
    "join-may-wait": Example(MAY_WAIT, PARALLEL, at="m"),
    "path-runs-twice": Example(
        split_and_join("parallelGateway", "exclusiveGateway"), PARALLEL, at="m"
    ),
}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_wrong_gateway_is_found(rule: str) -> None:
    assert_bad_is_found(rule, EXAMPLES[rule])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_a_right_gateway_is_clean(rule: str) -> None:
    assert_good_is_clean(rule, EXAMPLES[rule])


def test_an_inclusive_split_and_join_fit_each_other() -> None:
    fitting = split_and_join("inclusiveGateway", "inclusiveGateway", *CHOICE)

    joins = {"join-never-fires", "join-may-wait", "path-runs-twice"}
    assert not joins & {each.rule for each in found(fitting)}


@pytest.mark.parametrize(
    ("flows", "default", "join", "expected"),
    [
        (("a b", "a c"), "", "parallelGateway", set()),
        (("a b", "a c"), "", "inclusiveGateway", set()),
        (("a b", "a c"), "", "exclusiveGateway", {"path-runs-twice"}),
        (("a b", "a c x == 1"), "", "inclusiveGateway", set()),
        (("a b", "a c x == 1"), "", "parallelGateway", {"join-may-wait"}),
        (("a b x > 1", "a c x == 1"), "a_to_b", "inclusiveGateway", {"default-with-condition"}),
        (("a b x > 1", "a c x == 1"), "", "inclusiveGateway", {"default-missing"}),
        (("a b", "a c x == 1"), "a_to_b", "parallelGateway", {"join-never-fires"}),
    ],
)
def test_what_leaves_a_task_is_judged_by_where_its_tokens_can_go(
    flows: tuple[str, ...], default: str, join: str, expected: set[str]
) -> None:
    drawn = [
        flow(source, target, condition.replace(">", "&gt;"))
        for source, target, condition in ((f"{each} ".split(" ", 2)) for each in flows)
    ]
    body = behind_a_task(*drawn, **({"default": default} if default else {}))
    told = {each.rule for each in found(body.replace(b"inclusiveGateway", join.encode()))}
    assert told - {"variable-unset"} == expected


@pytest.mark.parametrize(("node_id", "flow_id"), [("g", "g_to_a"), ("s", "s_to_g")])
def test_what_never_decides_has_no_default(node_id: str, flow_id: str) -> None:
    default = f'id="{node_id}" default="{flow_id}"'
    drawn = PARALLEL.replace(f'id="{node_id}"'.encode(), default.encode())
    assert ("condition-misplaced", node_id) in {(each.rule, each.element) for each in found(drawn)}


def test_a_default_flow_of_a_task_leaves_it() -> None:
    elsewhere = behind_a_task(chain("a", "b"), flow("a", "c", "x == 1"), default="m_to_e")
    assert ("default-exists", "a") in {(each.rule, each.element) for each in found(elsewhere)}


def test_many_conditions_behind_a_task_are_checked_within_bounds() -> None:
    names = [f"t{number}" for number in range(30)]
    ways = "".join(user(name) + flow("a", name, f"x == {at}") for at, name in enumerate(names))
    wide = process(START_END + user("a") + chain("s", "a", "e") + ways)
    assert {"join-never-fires"}.isdisjoint({each.rule for each in found(wide)})


def test_a_boundary_event_that_skips_a_join_lets_it_wait() -> None:
    left = node("boundaryEvent", "x", "<bpmn:errorEventDefinition/>", attachedToRef="b")
    skipping = PARALLEL.replace(
        b"</bpmn:process>",
        (left + node("endEvent", "e2") + flow("x", "e2") + "</bpmn:process>").encode(),
    )

    assert "join-may-wait" in {each.rule for each in found(skipping)}


@pytest.mark.parametrize(
    ("join", "rules"), [("exclusiveGateway", []), ("parallelGateway", ["join-never-fires"])]
)
def test_a_message_that_the_file_does_not_send_may_come_and_so_may_the_timer_beside_it(
    join: str, rules: list[str]
) -> None:
    """The path behind the timer counts though nothing drawn throws the message."""
    nodes = (
        START_END
        + node("eventBasedGateway", "which")
        + node("intermediateCatchEvent", "answer", message("antwoord"))
        + node("intermediateCatchEvent", "week", timer("timeDuration", "P7D"))
        + node("manualTask", "remind")
        + node(join, "join")
    )
    paths = chain("s", "which", "answer", "join", "e") + chain("which", "week", "remind", "join")
    xml = process(nodes + paths, messages=("antwoord",))
    assert [each.rule for each in found(xml)] == rules


def test_wide_parallel_work_is_checked_within_bounds() -> None:
    tasks = [f"t{number}" for number in range(14)]
    gateways = node("parallelGateway", "g") + node("parallelGateway", "m")
    paths = "".join(user(task) + chain("g", task, "m") for task in tasks)
    wide = process(START_END + gateways + paths + chain("s", "g") + chain("m", "e"))

    assert {"join-never-fires"}.isdisjoint({each.rule for each in found(wide)})


def test_rework_through_an_exclusive_gateway_is_fine() -> None:
    rework = process(
        straight(user("a"), node("exclusiveGateway", "g", default="g_to_end"), ids=("a", "g"))
        + flow("g", "a", "again == true")
    )

    assert not found(rework)


def tangled(kind: str, flows: set[tuple[str, str]]) -> bytes:
    drawn = "".join(
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(sorted(flows))
    )
    return process(START_END + "".join(node(kind, f"n{number}") for number in range(400)) + drawn)


@pytest.mark.parametrize("kind", ["parallelGateway", "inclusiveGateway", "exclusiveGateway"])
def test_the_widest_and_the_most_tangled_diagrams_take_few_steps_to_check(kind: str) -> None:
    ends = {("s", "n0"), ("n399", "e")}
    wide = {("n0", f"n{n}") for n in range(1, 399)} | {(f"n{n}", "n399") for n in range(1, 399)}
    back = {(f"n{n}", f"n{n + 1}") for n in range(399)} | {
        (f"n{n}", f"n{n // 2}") for n in range(399)
    }
    for flows in (ends | wide, ends | back):
        calls, _ = calls_of(lambda flows=flows: found(tangled(kind, flows)))  # type: ignore[misc]
        assert calls < 5_000_000
