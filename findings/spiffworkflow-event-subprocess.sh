#!/bin/sh
# SpiffWorkflow 3.2.0: an interrupting event subprocess does not interrupt the process it stands in.

# BPMN 2.0 (10.5.2): an interrupting start event of an event subprocess ends the rest of its scope. Seen:
# after the message the task of the event subprocess is open, and so is the task that it should have
# ended; completing that one too is possible, so that the withdrawn case is worked on as before.

# What Loket does: event subprocesses are rewritten to what runs (processes/engine/interpreter).
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


from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

workflow = start("""
<process id="p" isExecutable="true">
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="work"/><userTask id="work"/>
  <sequenceFlow id="f2" sourceRef="work" targetRef="e"/><endEvent id="e"/>
  <subProcess id="withdrawn" triggeredByEvent="true">
    <startEvent id="s2" isInterrupting="true"><messageEventDefinition messageRef="m"/></startEvent>
    <sequenceFlow id="g1" sourceRef="s2" targetRef="close"/><userTask id="close"/>
    <sequenceFlow id="g2" sourceRef="close" targetRef="e2"/><endEvent id="e2"/>
  </subProcess>
</process>
<message id="m" name="withdraw"/>
""")
print("open:", open_tasks(workflow))
workflow.catch(BpmnEvent(MessageEventDefinition("withdraw"), {}))
workflow.do_engine_steps()
print("after the message, open:", open_tasks(workflow))
PYTHON
cat >expected <<'TEXT'
open: ['work']
after the message, open: ['work', 'close']
TEXT
venv/bin/python show.py | tee seen
diff expected seen
