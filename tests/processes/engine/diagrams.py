"""Builds small BPMN diagrams for tests."""

from hashlib import sha256
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from processes.engine.store.models import ProcessDefinition

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="http://loket.test">'
)


def flow(source: str, target: str, condition: str = "") -> str:
    """A sequence flow, with a condition if one is given."""
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return (
        f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}"'
        f' targetRef="{target}">{inner}</bpmn:sequenceFlow>'
    )


def chain(*ids: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(source, target) for source, target in pairwise(ids))


def node(kind: str, id_: str, inner: str = "", **attributes: str) -> str:
    """One element; `camunda_topic` becomes camunda:topic."""
    written = "".join(
        f' {name.replace("camunda_", "camunda:")}="{value}"' for name, value in attributes.items()
    )
    return f'<bpmn:{kind} id="{id_}" name="{id_}"{written}>{inner}</bpmn:{kind}>'


def user(id_: str, inner: str = "", **attributes: str) -> str:
    return node("userTask", id_, inner, camunda_formKey=id_, **attributes)


def job(id_: str, topic: str = "", inner: str = "") -> str:
    return node("serviceTask", id_, inner, camunda_type="external", camunda_topic=topic or id_)


def delegate(id_: str, name: str = "", inner: str = "") -> str:
    return node("serviceTask", id_, inner, camunda_delegateExpression=f"${{{name or id_}}}")


def inputs(**parameters: str) -> str:
    """The extension elements that name arguments."""
    written = "".join(
        f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>'
        for name, text in parameters.items()
    )
    return (
        "<bpmn:extensionElements><camunda:inputOutput>"
        f"{written}</camunda:inputOutput></bpmn:extensionElements>"
    )


def boundary(id_: str, on: str, definition: str, *, interrupting: bool = True) -> str:
    cancel = "true" if interrupting else "false"
    return node("boundaryEvent", id_, definition, attachedToRef=on, cancelActivity=cancel)


def error(code: str) -> str:
    return f'<bpmn:errorEventDefinition errorRef="error_{code}"/>'


def timer(kind: str, text: str) -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


def message(name: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="message_{name}"/>'


def signal(name: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="signal_{name}"/>'


def process(
    body: str,
    key: str = "p",
    *,
    errors: tuple[str, ...] = (),
    messages: tuple[str, ...] = (),
    signals: tuple[str, ...] = (),
    escalations: tuple[str, ...] = (),
) -> bytes:
    """A whole file with one process."""
    named = "".join(
        [
            *(f'<bpmn:error id="error_{c}" name="{c}" errorCode="{c}"/>' for c in errors),
            *(f'<bpmn:message id="message_{n}" name="{n}"/>' for n in messages),
            *(f'<bpmn:signal id="signal_{n}" name="{n}"/>' for n in signals),
            *(
                f'<bpmn:escalation id="escalation_{c}" name="{c}" escalationCode="{c}"/>'
                for c in escalations
            ),
        ]
    )
    return (
        f'{HEAD}{named}<bpmn:process id="{key}" name="{key}" isExecutable="true">'
        f"{body}</bpmn:process></bpmn:definitions>"
    ).encode()


def straight(*nodes: str, ids: tuple[str, ...]) -> str:
    """Start, these nodes one after the other, end."""
    ends = node("startEvent", "start") + node("endEvent", "end")
    return ends + "".join(nodes) + chain("start", *ids, "end")


def define(session: Session, xml: bytes, key: str = "p") -> ProcessDefinition:
    """Store a diagram as the next version, without the checks of a deployment."""
    newest = select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)
    definition = ProcessDefinition(
        key=key,
        version=(session.scalar(newest) or 0) + 1,
        name=key,
        xml=xml.decode(),
        sha256=sha256(xml).hexdigest(),
        deployed_by="test",
    )
    session.add(definition)
    session.flush()
    return definition


def escalation(code: str) -> str:
    return f'<bpmn:escalationEventDefinition escalationRef="escalation_{code}"/>'
