#!/bin/sh
# SpiffWorkflow 3.2.0: of two timers or conditions in one event both get the text of the first.

# BPMN 2.0 (10.5.1): a multiple event has several definitions, each with its own time or condition.
# Seen: the specification has two timers, both of one hour; of two conditions both ask for `a`.
# An element with the id `Start` or `End` cannot be parsed: tasks of its own are called so.

# What Loket does: each definition is parsed by itself, and the tasks of SpiffWorkflow make way for
# an element with their name (processes/engine/interpreter/node_parsers.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SpiffWorkflow==3.2.0
cat >show.py <<'PYTHON'
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TIMER = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"
CONDITION = "<conditionalEventDefinition><condition>{}</condition></conditionalEventDefinition>"


def parsed(wait, definitions):
    parser = BpmnParser()
    body = f"""
    <process id="p" isExecutable="true">
      <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="{wait}"/>
      <intermediateCatchEvent id="{wait}">{definitions}</intermediateCatchEvent>
      <sequenceFlow id="f2" sourceRef="{wait}" targetRef="e"/><endEvent id="e"/>
    </process>"""
    xml = f'<definitions xmlns="{BPMN}" targetNamespace="t">{body}</definitions>'
    parser.add_bpmn_xml(etree.fromstring(xml))
    return parser.get_spec("p").task_specs[wait].event_definition


for text, values in ((TIMER, ("PT1H", "PT2H")), (CONDITION, ("a", "b"))):
    several = parsed("wait", "".join(text.format(value) for value in values))
    print([each.expression for each in several.event_definitions])
try:
    parsed("Start", TIMER.format("PT1H"))
except Exception as error:
    print(type(error).__name__)
PYTHON
cat >expected <<'TEXT'
['PT1H', 'PT1H']
['a', 'a']
ValidationException
TEXT
venv/bin/python show.py | tee seen
diff expected seen
