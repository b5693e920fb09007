"""What Zeebe's extension elements are in our words: each reader gives what it took and left."""

import re
from collections.abc import Callable, Mapping

from lxml import etree

from processes.engine.diagram.graph import BPMN, CAMUNDA, Element, kind
from processes.engine.language.expressions import ExpressionError, compile_expression

Result = tuple[list[str], Mapping[str, str]]
"""The names that were taken over, and those that were not, with their values."""

ASSIGNED = re.compile(r"(?<![=<>!])=(?!=)")  # FEEL's equality


def feel(text: str | None) -> str | None:
    """A FEEL expression (`=a > 3`) as one of ours; None where it is none, or cannot be."""
    if not text or not text.strip().startswith("="):
        return None
    expression = text.strip()[1:].strip()
    for candidate in (expression, ASSIGNED.sub("==", expression)):
        try:
            compile_expression(candidate)
        except ExpressionError:
            continue
        return f"${{{candidate}}}"
    return None


def _value(text: str) -> str | None:
    """Plain text as it is, an expression as ours; None where it has no counterpart."""
    return feel(text) if text.strip().startswith("=") else text


def _attributes(names: Mapping[str, str]) -> Callable[[Element, Element], Result]:
    """A reader of attributes that are attributes of ours, under these names."""

    def read(element: Element, part: Element) -> Result:
        taken, left = [], {}
        for name, text in part.attrib.items():
            value = _value(text)
            if name in names and value is not None:
                prefix = "" if names[name] == "calledElement" else CAMUNDA
                element.set(f"{prefix}{names[name]}", value)
                taken.append(names[name])
            elif name in names or not name.startswith(IMPLIED):
                left[name] = text
        return taken, left

    return read


IMPLIED = ("propagateAll", "bindingType", "retries")  # as it is here, or told elsewhere


def _job(element: Element, part: Element) -> Result:
    """`zeebe:taskDefinition`: the type of a job is our topic, its retries our repeat."""
    topic, retries = part.get("type") or "", part.get("retries") or ""
    if topic.startswith("="):
        return [], {"type": topic}
    element.set(f"{CAMUNDA}type", "external")
    element.set(f"{CAMUNDA}topic", topic)
    taken = ["topic"]
    if retries.isdigit() and 0 < int(retries) < 100:  # noqa: PLR2004 - as many as a repeat may say
        cycle: Element = etree.SubElement(_extensions(element), f"{CAMUNDA}failedJobRetryTimeCycle")
        cycle.text = f"R{int(retries)}/PT1M"
        return [*taken, "failedJobRetryTimeCycle"], {}
    return taken, {"retries": retries} if retries else {}


def _subscription(message: Element, part: Element) -> Result:
    """The correlation key of a message is with us a property of whoever waits for it."""
    key = part.get("correlationKey") or ""
    value = _value(key)
    waiting = [
        each
        for each in message.getroottree().iter(f"{BPMN}*")
        if message.get("id") and each.get("messageRef") == message.get("id")
    ]
    if value is None or not waiting:
        return [], {"correlationKey": key}
    for each in waiting:
        event = each.getparent() if kind(each) == "messageEventDefinition" else each
        _property(event, "correlationKey", value)
    return ["correlationKey"], {}


def _mapping(element: Element, part: Element) -> Result:
    """Inputs and outputs: parameters of a task, mappings of a call."""
    taken, left = [], {}
    calls = kind(element) == "callActivity"
    for each in part.iter(etree.Element):
        name, source = etree.QName(each).localname, each.get("source") or ""
        value, target = _value(source), each.get("target") or ""
        if name not in ("input", "output"):
            continue
        if value is None:
            left[f"{name}.{target}"] = source
        elif calls:
            _call_mapping(element, name, value, target)
            taken.append(f"{name}:{target}")
        else:
            _parameter(element, f"{name}Parameter", target, value)
            taken.append(f"{name}:{target}")
    return taken, left


def _call_mapping(element: Element, direction: str, value: str, target: str) -> None:
    tag = "in" if direction == "input" else "out"
    variable = re.fullmatch(r"\$\{(\w+)\}", value)
    mapping: Element = etree.SubElement(_extensions(element), f"{CAMUNDA}{tag}")
    mapping.set("source" if variable else "sourceExpression", variable[1] if variable else value)
    mapping.set("target", target)


def _parameter(element: Element, tag: str, name: str, value: str) -> None:
    holder = _within(_extensions(element), "inputOutput")
    parameter: Element = etree.SubElement(holder, f"{CAMUNDA}{tag}", name=name)
    parameter.text = value


def _rounds(element: Element, part: Element) -> Result:
    """`zeebe:loopCharacteristics` stands within the multi-instance marker itself."""
    taken, left = [], {}
    for name, text in part.attrib.items():
        ours = {"inputCollection": "collection", "inputElement": "elementVariable"}.get(name)
        value = _value(text) if ours else None
        if ours and value is not None:
            element.set(f"{CAMUNDA}{ours}", value)
            taken.append(ours)
        else:
            left[name] = text
    return taken, left


def _properties(element: Element, part: Element) -> Result:
    for each in part:
        _property(element, each.get("name") or "", each.get("value") or "")
    return ["properties"], {}


def _property(element: Element, name: str, value: str) -> None:
    holder = _within(_extensions(element), "properties")
    etree.SubElement(holder, f"{CAMUNDA}property", name=name, value=value)


def _extensions(element: Element) -> Element:
    found = element.find(f"{BPMN}extensionElements")
    if found is None:
        found = etree.Element(f"{BPMN}extensionElements")
        element.insert(len(element.findall(f"{BPMN}documentation")), found)
    return found


def _within(holder: Element, name: str) -> Element:
    found = holder.find(f"{CAMUNDA}{name}")
    return etree.SubElement(holder, f"{CAMUNDA}{name}") if found is None else found


READERS: Mapping[str, Callable[[Element, Element], Result]] = {
    "taskDefinition": _job,
    "assignmentDefinition": _attributes(
        {
            "assignee": "assignee",
            "candidateGroups": "candidateGroups",
            "candidateUsers": "candidateUsers",
        }
    ),
    "taskSchedule": _attributes({"dueDate": "dueDate", "followUpDate": "followUpDate"}),
    "priorityDefinition": _attributes({"priority": "priority"}),
    "formDefinition": _attributes(
        {"formKey": "formKey", "formId": "formKey", "externalReference": "formKey"}
    ),
    "calledElement": _attributes({"processId": "calledElement"}),
    "calledDecision": _attributes(
        {"decisionId": "decisionRef", "resultVariable": "resultVariable"}
    ),
    "subscription": _subscription,
    "ioMapping": _mapping,
    "loopCharacteristics": _rounds,
    "properties": _properties,
}
