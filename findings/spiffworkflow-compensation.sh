#!/bin/sh
# SpiffWorkflow 3.2.0: a thrown compensation does nothing, and no activity can have one.

# BPMN 2.0 (10.5.6, 13.5.5): a compensation event undoes the completed activities of its scope, by the
# activities tied to their compensation boundary events. Seen: a throwing event is passed as if it
# were a plain one, and a diagram with a compensation boundary event cannot be parsed.

# What Loket does: what undoes is rewritten to subprocesses that nothing leads to, and task specs of
# our own record what was completed and run these.
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


def complete(workflow):
    for task in workflow.get_tasks(state=TaskState.READY, manual=True):
        task.run()
    workflow.do_engine_steps()
    workflow.refresh_waiting_tasks()
    workflow.do_engine_steps()


THROWN = """
<process id="p" isExecutable="true">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="book"/>
  <userTask id="book"/><sequenceFlow id="f2" sourceRef="book" targetRef="undo"/>
  {boundary}
  <intermediateThrowEvent id="undo"><compensateEventDefinition/></intermediateThrowEvent>
  <sequenceFlow id="f3" sourceRef="undo" targetRef="after"/><userTask id="after"/>
  <sequenceFlow id="f4" sourceRef="after" targetRef="e"/><endEvent id="e"/>
</process>
"""
workflow = start(THROWN.format(boundary=""))
complete(workflow)
print("open after a thrown compensation:", open_tasks(workflow))
try:
    start(THROWN.format(boundary="""
      <boundaryEvent id="on_undo" attachedToRef="book"><compensateEventDefinition/></boundaryEvent>
      <userTask id="cancel" isForCompensation="true"/>
      <association id="a" sourceRef="on_undo" targetRef="cancel"/>"""))
except Exception as error:
    print("a compensation boundary event:", type(error).__name__)
PYTHON
cat >expected <<'TEXT'
open after a thrown compensation: ['after']
a compensation boundary event: ValidationException
TEXT
venv/bin/python show.py | tee seen
diff expected seen
