"""Test helper for deployment rules: a vocabulary, and a bad and good diagram per rule."""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from processes.engine.checks.checker import check
from processes.engine.checks.findings import HARMLESS, Finding, Vocabulary
from tests.processes.engine.diagrams import chain, node, process, straight, user

WEBHOOK = {
    "webhook_address": True,
    **dict.fromkeys(("webhook_data", "webhook_type", "webhook_answer", "webhook_errors"), False),
}
VOCABULARY = Vocabulary(
    forms=frozenset({"form", "a", "b", "c", "closed"}),
    topics={
        "mail": {"to": True, "subject": False},
        "j": {},
        "k": {},
        "post": {},
        "quiet": {},
        "webhook": WEBHOOK,
    },
    delegates={"publish": {"offer_id": True}, "d": {}},
    closed_forms=frozenset({"closed"}),
    start_forms={"a": frozenset({"given_by_a"})},
    given=frozenset({"kvk"}),
    groups=frozenset({"provider", "registrar"}),
    starters=frozenset({"provider", "public"}),
    webhook_addresses=frozenset({"crm", "off"}),
    disabled_addresses=frozenset({"off"}),
    topic_errors={"post": frozenset({"refused"}), "quiet": frozenset(), "webhook": frozenset()},
    delegate_errors={"d": frozenset()},
)
PLAIN = process(straight(user("a"), ids=("a",)))
START_END = node("startEvent", "s") + node("endEvent", "e")


@dataclass(frozen=True)
class Example:
    """A diagram that breaks one rule at one element, and the same diagram mended."""

    bad: bytes
    good: bytes = PLAIN
    at: str | None = "a"
    beside: dict[str, bytes] = field(default_factory=dict)  # what is deployed already


def examples() -> dict[str, Example]:
    """Every example of the tests beside and below this file, by rule."""
    root = Path(__file__).parents[5]
    paths = sorted(path.relative_to(root) for path in Path(__file__).parent.rglob("test_*.py"))
    modules = [import_module(".".join(path.with_suffix("").parts)) for path in paths]
    return {rule: each for module in modules for rule, each in module.EXAMPLES.items()}


def found(xml: bytes, beside: dict[str, bytes] | None = None) -> list[Finding]:
    return check(xml, VOCABULARY, deployed=beside or {})


def assert_bad_is_found(rule: str, example: Example) -> None:
    findings = [each for each in found(example.bad, example.beside) if each.rule == rule]
    assert example.at in {finding.element for finding in findings}
    assert all(finding.message.endswith((".", "?")) for finding in findings)


def assert_good_is_clean(rule: str, example: Example) -> None:
    findings = found(example.good, example.beside)
    assert rule not in {finding.rule for finding in findings}
    assert not [str(each) for each in findings if each.severity not in HARMLESS]


def xor(*flows: str, default: str = "") -> bytes:
    """Start, an exclusive gateway g, two user tasks, an exclusive join and an end."""
    with_default = {"default": default} if default else {}
    gateway = node("exclusiveGateway", "g", **with_default) + node("exclusiveGateway", "m")
    ends = chain("s", "g") + chain("a", "m") + chain("b", "m") + chain("m", "e")
    return process(START_END + gateway + user("a") + user("b") + ends + "".join(flows))


def event(kind: str, id_: str, definition: str = "", **attributes: str) -> str:
    inner = f"<bpmn:{definition}EventDefinition/>" if definition else ""
    return node(kind, id_, inner, **attributes)


def catch(id_: str, inner: str) -> str:
    return node("intermediateCatchEvent", id_, inner)
