"""Makes the diagram of a new process: start event, one task, end event, a free key."""

import re
import unicodedata
from xml.sax.saxutils import quoteattr

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.sentences.catalogue import word_list
from processes.engine.store.models import ProcessDefinition

LONGEST_KEY = 60
WITHOUT_LETTERS = "proces"
DRAWN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"\
 xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"\
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"\
 xmlns:di="http://www.omg.org/spec/DD/20100524/DI"\
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn"\
 id="definitions_{key}" targetNamespace="http://loket.example/bpmn">
  <bpmn:process id="{key}" name={name} isExecutable="true">
    <bpmn:startEvent id="start" name={start}>
      <bpmn:outgoing>start_to_task</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="first_task" name={task}>
      <bpmn:incoming>start_to_task</bpmn:incoming>
      <bpmn:outgoing>task_to_end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end" name={end}>
      <bpmn:incoming>task_to_end</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="start_to_task" sourceRef="start" targetRef="first_task" />
    <bpmn:sequenceFlow id="task_to_end" sourceRef="first_task" targetRef="end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="{key}">
      <bpmndi:BPMNShape id="shape_start" bpmnElement="start">
        <dc:Bounds x="180" y="182" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="shape_task" bpmnElement="first_task">
        <dc:Bounds x="280" y="160" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="shape_end" bpmnElement="end">
        <dc:Bounds x="450" y="182" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="edge_start" bpmnElement="start_to_task">
        <di:waypoint x="216" y="200" />
        <di:waypoint x="280" y="200" />
      </bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="edge_end" bpmnElement="task_to_end">
        <di:waypoint x="380" y="200" />
        <di:waypoint x="450" y="200" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def new_diagram(key: str, name: str) -> bytes:
    """A minimal BPMN file that passes the checks."""
    names = {part: quoteattr(drawn) for part, drawn in word_list("deployment.new-diagram").items()}
    return DRAWN.format(key=key, name=quoteattr(name), **names).encode()


def free_key(session: Session, name: str) -> str:
    """A key made from this name that no process and no draft has."""
    key = key_of(name)
    taken = set(session.scalars(select(ProcessDefinition.key)))
    taken |= set(session.scalars(select(ProcessDraft.key)))
    numbered = (f"{key}_{number}" for number in range(2, len(taken) + 3))
    return key if key not in taken else next(each for each in numbered if each not in taken)


def key_of(name: str) -> str:
    """The name as an id of XML: small letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_KEY].strip("_")
    return key if key[:1].isalpha() else f"{WITHOUT_LETTERS}_{key}".strip("_")
