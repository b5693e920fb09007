#!/bin/sh
# SpiffWorkflow 3.2.0: two flows out of a task, event or start event cannot be parsed, nor conditions.

# BPMN 2.0 (10.5.1, 13.2.1): of several sequence flows out of an activity or event each gets a token;
# one with a condition when it holds, the default flow when none does. Seen: the parser refuses a
# second flow out of anything but a gateway, and a condition on the only flow is passed over.

# What Loket does: parsers of our own keep the flows with their conditions, and a task that completes
# drops what follows on flows that get no token (processes/engine/interpreter/splits.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SpiffWorkflow==3.2.0
cat >show.py <<'PYTHON'
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.util.task import TaskState

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def start(body):
    parser = BpmnParser()
    xml = f'<definitions xmlns="{BPMN}" xmlns:t="t" targetNamespace="t">{body}</definitions>'
    parser.add_bpmn_xml(etree.fromstring(xml))
    workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    workflow.do_engine_steps()
    return workflow


def open_tasks(workflow):
    return [task.task_spec.bpmn_id for task in workflow.get_tasks(state=TaskState.READY, manual=True)]


TASK = """
<process id="p" isExecutable="true">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
  <userTask id="ask"/><userTask id="one"/><userTask id="other"/>
  <endEvent id="e"/>
  <sequenceFlow id="f4" sourceRef="one" targetRef="e"/>
  <sequenceFlow id="f5" sourceRef="other" targetRef="e"/>{flows}
</process>
"""
TWO = """
  <sequenceFlow id="f2" sourceRef="ask" targetRef="one"/>
  <sequenceFlow id="f3" sourceRef="ask" targetRef="other"/>
"""
ONE = """
  <sequenceFlow id="f2" sourceRef="ask" targetRef="one">
    <conditionExpression>1 &gt; 2</conditionExpression>
  </sequenceFlow>
"""
try:
    start(TASK.format(flows=TWO))
except Exception as error:
    print("two flows out of a task:", type(error).__name__)
workflow = start(TASK.format(flows=ONE))
workflow.get_next_task(state=TaskState.READY, manual=True).run()
workflow.do_engine_steps()
print("open behind a condition that does not hold:", open_tasks(workflow))
PYTHON
cat >expected <<'TEXT'
two flows out of a task: ValidationException
open behind a condition that does not hold: ['one']
TEXT
venv/bin/python show.py | tee seen
diff expected seen
