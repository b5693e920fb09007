"""How much of BPMN 2.0 runs, as Markdown for docs/engine.md: made from the tables of the checks.

The Common Executable subclass, the elements beyond it, and which event may stand where.
`python -m processes.engine.checks.conformance` prints it.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping

from processes.engine.checks.rules.events.kinds import RUNS, STARTS_EVENT_SUBPROCESS
from processes.engine.checks.schema.table import FOLDER, Schema, Verdict, schema

LINE = "| {} |"
POSITIONS = {
    "start": RUNS["startEvent"],
    "start of an event subprocess": STARTS_EVENT_SUBPROCESS,
    "intermediate, catches": RUNS["intermediateCatchEvent"],
    "intermediate, throws": RUNS["intermediateThrowEvent"],
    "boundary": RUNS["boundaryEvent"],
    "end": RUNS["endEvent"],
}
SEVERAL = {
    "multiple": frozenset(POSITIONS),
    "parallel multiple": frozenset(
        ["start of an event subprocess", "intermediate, catches", "boundary"]
    ),
}
"""Where an event may have several definitions (the rule `event-parallel`)."""
COUNTED = {
    Verdict.RUNS: "run",
    Verdict.WARNING: "do nothing, with a warning",
    Verdict.REFUSED: "are refused",
}
EVENTS = (
    *("", "message", "timer", "signal", "conditional", "error", "escalation", "link"),
    *("compensate", "cancel", "terminate"),
)


def as_markdown() -> str:
    """The three tables, with a heading each and the figures in words."""
    table = schema("bpmn")
    classes = common_executable()
    parts = [_subclass(table, *each) for each in classes.items()]
    return "\n\n".join(["### The Common Executable subclass", *parts, *_rest(table), _events()])


def common_executable() -> Mapping[str, Mapping[str, str]]:
    """Of the elements and the supporting classes: the name in the standard, type and attributes."""
    file = FOLDER / "common_executable.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def verdict_of(table: Schema, type_: str, member: str) -> Verdict:
    """What becomes of an attribute or part of a type. Raises LookupError for an unknown one."""
    named = table.verdicts.get(member) or table.of_attribute(type_, "bpmn", member)
    if named is None:
        message = f"{type_} has no {member}"
        raise LookupError(message)
    return named.verdict


def _subclass(table: Schema, title: str, members: Mapping[str, str]) -> str:
    rows = []
    elements: Counter[Verdict] = Counter()
    for name, (type_, *attributes) in ((n, each.split()) for n, each in members.items()):
        verdict = table.verdicts[type_].verdict
        elements[verdict] += 1
        of = {each: verdict_of(table, type_, each) for each in attributes}
        cells = (_listed(each for each in of if of[each] is one) for one in Verdict)
        rows.append(LINE.format(" | ".join([f"`{name}`", verdict, *cells])))
    head = f"| {title} | | runs | warning | refused |\n|---|---|---|---|---|"
    told = ", ".join(f"{elements[each]} {COUNTED[each]}" for each in Verdict if elements[each])
    return "\n".join([f"Of its {len(rows)} {title} {told}.\n", head, *rows])


def _listed(names: Iterator[str]) -> str:
    return ", ".join(f"`{each.removeprefix('bpmn:')}`" for each in names)


def _rest(table: Schema) -> Iterator[str]:
    inside = {
        word
        for members in common_executable().values()
        for each in members.values()
        for word in each.split()
    }
    beyond = [
        name
        for name in table.types
        if name.startswith("bpmn:") and name in table.verdicts and name not in inside
    ]
    yield f"### The {len(beyond)} elements beyond it"
    rows = []
    for verdict in Verdict:
        names = [name for name in beyond if table.verdicts[name].verdict is verdict]
        rows.append(LINE.format(f"{verdict} | {len(names)} | {_listed(iter(names))}"))
    yield "\n".join(["| | number | |\n|---|---|---|", *rows])


def _events() -> str:
    head = "| event | " + " | ".join(POSITIONS) + " |\n" + "|---" * (len(POSITIONS) + 1) + "|"
    rows = [
        LINE.format(
            " | ".join([event or "none", *("runs" * (event in at) for at in POSITIONS.values())])
        )
        for event in EVENTS
    ]
    rows += [
        LINE.format(" | ".join([name, *("runs" * (each in where) for each in POSITIONS)]))
        for name, where in SEVERAL.items()
    ]
    return "\n".join(["### Which event may stand where\n", head, *rows])


if __name__ == "__main__":
    sys.stdout.write(as_markdown() + "\n")
