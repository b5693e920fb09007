#!/bin/sh
# SpiffWorkflow 3.2.0: a signal end event throws nothing.

# BPMN 2.0 (10.5.6, table 10.88): a signal end event broadcasts its signal. One branch of a process
# waits at a task with a signal boundary event, the other ends with that signal. Seen: after the end
# event the task is still open and the boundary's path has not begun.

# What Loket does: a signal end event is rewritten to a throwing event before a plain end.
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
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="split"/>
  <parallelGateway id="split"/>
  <sequenceFlow id="f2" sourceRef="split" targetRef="long"/><userTask id="long"/>
  <sequenceFlow id="f3" sourceRef="long" targetRef="e1"/><endEvent id="e1"/>
  <boundaryEvent id="stopped" attachedToRef="long"><signalEventDefinition signalRef="stop"/></boundaryEvent>
  <sequenceFlow id="f4" sourceRef="stopped" targetRef="tidy"/><userTask id="tidy"/>
  <sequenceFlow id="f5" sourceRef="tidy" targetRef="e2"/><endEvent id="e2"/>
  <sequenceFlow id="f6" sourceRef="split" targetRef="decide"/><userTask id="decide"/>
  <sequenceFlow id="f7" sourceRef="decide" targetRef="e3"/>
  <endEvent id="e3"><signalEventDefinition signalRef="stop"/></endEvent>
</process>
<signal id="stop" name="stop"/>
""")
for task in workflow.get_tasks(state=TaskState.READY, manual=True):
    if task.task_spec.bpmn_id == "decide":
        task.run()
workflow.do_engine_steps()
workflow.refresh_waiting_tasks()
workflow.do_engine_steps()
print("open after the signal end event:", open_tasks(workflow))
PYTHON
cat >expected <<'TEXT'
open after the signal end event: ['long']
TEXT
venv/bin/python show.py | tee seen
diff expected seen
