#!/bin/sh
# SpiffWorkflow 3.2.0: a pair of link events parses, and the instance stands still in silence.

# BPMN 2.0 (10.5.1): a throwing link event goes on at the catching one of the same name. Seen: the
# specification is made without a complaint, the throwing event is passed, and then nothing is open,
# nothing waits and the instance is not complete.

# What Loket does: link events are rewritten to sequence flows before SpiffWorkflow sees them
# (processes/engine/interpreter/rewriting.py).
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


workflow = start("""
<process id="p" isExecutable="true">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="leap"/>
  <intermediateThrowEvent id="leap"><linkEventDefinition name="A"/></intermediateThrowEvent>
  <intermediateCatchEvent id="land"><linkEventDefinition name="A"/></intermediateCatchEvent>
  <sequenceFlow id="f2" sourceRef="land" targetRef="work"/><userTask id="work"/>
  <sequenceFlow id="f3" sourceRef="work" targetRef="e"/><endEvent id="e"/>
</process>
""")
waiting = [task.task_spec.bpmn_id for task in workflow.get_tasks(state=TaskState.WAITING)]
print("open:", open_tasks(workflow), "waiting:", waiting, "completed:", workflow.completed)
PYTHON
cat >expected <<'TEXT'
open: [] waiting: [] completed: False
TEXT
venv/bin/python show.py | tee seen
diff expected seen
