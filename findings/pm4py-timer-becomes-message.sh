#!/bin/sh
# pm4py 2.7.23.11 writes a timer back as a message, a terminate as a plain end, and ties no boundary.

# Seen: of a file that is read and written by pm4py every intermediate catch event has a
# messageEventDefinition, whatever it waited for; the terminate end event has lost its definition; the
# boundary event its attachedToRef, which is required.

# What Loket does: a file of an owner is kept as it came, and changed only where the owner changes it; a
# boundary event without an activity is refused by name (processes/engine/checks/rules/events.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pm4py==2.7.23.11
cat >show.py <<'PYTHON'
from lxml import etree
from pm4py.objects.bpmn.exporter import exporter
from pm4py.objects.bpmn.importer import importer

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BODY = f"""
<bpmn:definitions xmlns:bpmn="{BPMN}" id="d" targetNamespace="t"><bpmn:process id="p">
  <bpmn:startEvent id="s"/>
  <bpmn:intermediateCatchEvent id="w"><bpmn:timerEventDefinition id="t"/></bpmn:intermediateCatchEvent>
  <bpmn:task id="a" name="a"/>
  <bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:errorEventDefinition id="x"/></bpmn:boundaryEvent>
  <bpmn:endEvent id="e"><bpmn:terminateEventDefinition id="n"/></bpmn:endEvent>
  <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="w"/>
  <bpmn:sequenceFlow id="f2" sourceRef="w" targetRef="a"/>
  <bpmn:sequenceFlow id="f3" sourceRef="a" targetRef="e"/>
  <bpmn:sequenceFlow id="f4" sourceRef="b" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""


def events(path):
    tree = etree.parse(path)
    for kind in ("intermediateCatchEvent", "boundaryEvent", "endEvent"):
        event = tree.find(f".//{{{BPMN}}}{kind}")
        inner = [etree.QName(each).localname for each in event]
        definitions = [each for each in inner if each.endswith("Definition")]
        yield kind, event.get("attachedToRef"), definitions


with open("drawn.bpmn", "w", encoding="utf-8") as file:
    file.write(BODY)
exporter.apply(importer.apply("drawn.bpmn"), "written.bpmn")
for name in ("drawn", "written"):
    print(name, *events(f"{name}.bpmn"), sep="\n  ")
PYTHON
cat >expected <<'TEXT'
drawn
  ('intermediateCatchEvent', None, ['timerEventDefinition'])
  ('boundaryEvent', 'a', ['errorEventDefinition'])
  ('endEvent', None, ['terminateEventDefinition'])
written
  ('intermediateCatchEvent', None, ['messageEventDefinition'])
  ('boundaryEvent', None, [])
  ('endEvent', None, [])
TEXT
venv/bin/python show.py | sed -n '/^drawn$/,$p' | tee seen
diff expected seen
