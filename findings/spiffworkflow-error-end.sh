#!/bin/sh
# SpiffWorkflow 3.2.0: an error end event that nobody catches lets the flow go on as if all were well.

# BPMN 2.0 (13.5.1, 10.5.6) lets an error end event throw its error to the scopes around it. A
# subprocess ends here with error "b"; its boundary event catches only "a". Seen: neither a caught nor
# an uncaught error: the token leaves the subprocess by its normal flow, and "after" is open. An error
# end event in the process itself completes the instance; no task is in the state ERROR.

# What Loket does: its own error events look for a boundary in the scopes around them, and an uncaught
# error is an incident (processes/engine/interpreter/errors.py).
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


inside = start("""
<process id="p" isExecutable="true">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="sub"/>
  <subProcess id="sub">
    <startEvent id="s2"/><sequenceFlow id="g1" sourceRef="s2" targetRef="failed"/>
    <endEvent id="failed"><errorEventDefinition errorRef="other"/></endEvent>
  </subProcess>
  <boundaryEvent id="caught" attachedToRef="sub"><errorEventDefinition errorRef="known"/></boundaryEvent>
  <sequenceFlow id="f2" sourceRef="caught" targetRef="mend"/><userTask id="mend"/>
  <sequenceFlow id="f3" sourceRef="mend" targetRef="e1"/><endEvent id="e1"/>
  <sequenceFlow id="f4" sourceRef="sub" targetRef="after"/><userTask id="after"/>
  <sequenceFlow id="f5" sourceRef="after" targetRef="e2"/><endEvent id="e2"/>
</process>
<error id="known" name="known" errorCode="a"/><error id="other" name="other" errorCode="b"/>
""")
print("in a subprocess, open:", open_tasks(inside))
outside = start("""
<process id="p" isExecutable="true">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="failed"/>
  <endEvent id="failed"><errorEventDefinition errorRef="known"/></endEvent>
</process>
<error id="known" name="known" errorCode="a"/>
""")
print("in the process, completed:", outside.completed, outside.get_tasks(state=TaskState.ERROR))
PYTHON
cat >expected <<'TEXT'
in a subprocess, open: ['after']
in the process, completed: True []
TEXT
venv/bin/python show.py | tee seen
diff expected seen
