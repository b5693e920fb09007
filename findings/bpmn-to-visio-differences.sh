#!/bin/sh
# bpmn-to-visio 1.1.1 draws the same page for an edge event that interrupts and one that does not, and more such pairs.

# BPMN 2.0 (10.5.6, 10.5.4) tells them apart by how they are drawn: a dashed circle for who does not interrupt, a
# filled envelope for who throws, a stroke on the default flow, three bars for rounds. Seen: each of these pairs gives
# a page that is the same to the byte. Kinds of gateways, and messages, timers and signals, do differ.

# What Loket does: the outline of a process in words tells each of these pairs apart
# (tests/processes/engine/words/test_outline.py), and the guide of owners says so of Visio
# (docs/process-owners/README.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check bpmn-to-visio==1.1.1
cat >show.py <<'PYTHON'
import subprocess
import zipfile
from pathlib import Path

OMG = "http://www.omg.org/spec"
TIMER, MESSAGE = '<b:timerEventDefinition id="d1"/>', '<b:messageEventDefinition id="d2"/>'
DRAWN = f"""<b:definitions xmlns:b="{OMG}/BPMN/20100524/MODEL" xmlns:bpmndi="{OMG}/BPMN/20100524/DI"
    xmlns:dc="{OMG}/DD/20100524/DC" xmlns:di="{OMG}/DD/20100524/DI" id="d" targetNamespace="t"><b:process id="p">
  <b:userTask id="ask" name="Ask"/>
  <b:boundaryEvent id="late" attachedToRef="ask" cancelActivity="true">{TIMER}</b:boundaryEvent>
  <b:intermediateCatchEvent id="told">{MESSAGE}</b:intermediateCatchEvent>
  <b:exclusiveGateway id="which"/>
  <b:endEvent id="end"/>
  <b:sequenceFlow id="on" sourceRef="which" targetRef="end"/>
</b:process><bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="l" bpmnElement="p">
  <bpmndi:BPMNShape id="s1" bpmnElement="ask"><dc:Bounds x="100" y="80" width="100" height="80"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="s2" bpmnElement="late"><dc:Bounds x="132" y="142" width="36" height="36"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="s3" bpmnElement="told"><dc:Bounds x="240" y="102" width="36" height="36"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="s4" bpmnElement="which"><dc:Bounds x="320" y="95" width="50" height="50"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="s5" bpmnElement="end"><dc:Bounds x="430" y="102" width="36" height="36"/></bpmndi:BPMNShape>
  <bpmndi:BPMNEdge id="s6" bpmnElement="on"><di:waypoint x="370" y="120"/><di:waypoint x="430" y="120"/></bpmndi:BPMNEdge>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></b:definitions>"""
ROUNDS = '<b:userTask id="ask" name="Ask"><b:multiInstanceLoopCharacteristics id="m"/></b:userTask>'
ENDED = '<b:endEvent id="end"><b:terminateEventDefinition id="d3"/></b:endEvent>'
CHANGES = {
    "does not interrupt": ('cancelActivity="true"', 'cancelActivity="false"'),
    "waits for a condition": (TIMER, '<b:conditionalEventDefinition id="d1"/>'),
    "a condition or an error": (TIMER, '<b:errorEventDefinition id="d1"/>'),
    "throws": ("intermediateCatchEvent", "intermediateThrowEvent"),
    "in rounds": ('<b:userTask id="ask" name="Ask"/>', ROUNDS),
    "by the system": ("userTask", "serviceTask"),
    "default flow": ('id="which"/>', 'id="which" default="on"/>'),
    "ends everything": ('<b:endEvent id="end"/>', ENDED),
    "all at once": ("exclusiveGateway", "parallelGateway"),
}


def page(xml):
    Path("drawn.bpmn").write_text(xml, encoding="utf-8")
    subprocess.run(["venv/bin/bpmn-to-visio", "drawn.bpmn", "-o", "made"], check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile("made/drawn.vsdx") as made:
        return made.read("visio/pages/page1.xml")


plain = page(DRAWN)
condition = page(DRAWN.replace(*CHANGES["waits for a condition"]))
for name, (before, after) in CHANGES.items():
    changed = DRAWN.replace(before, after)
    assert changed != DRAWN
    beside = condition if name.startswith("a condition") else plain
    print(f"{name}: {'the same page' if page(changed) == beside else 'another page'}")
PYTHON
cat >expected <<'TEXT'
does not interrupt: the same page
waits for a condition: another page
a condition or an error: the same page
throws: the same page
in rounds: the same page
by the system: the same page
default flow: the same page
ends everything: the same page
all at once: another page
TEXT
venv/bin/python show.py | tee seen
diff expected seen
