#!/bin/sh
# SpiffWorkflow 3.2.0: a sequential multi-instance stops for good at a null in its list.

# BPMN 2.0 (10.3.7): an instance for each item of the collection; null is a value. Seen: after the round
# for "North" no task is open, and the instance is not complete: it waits for something that never comes.

# What Loket does: rounds are counted, not told by their value (processes/engine/interpreter/multi_instance/loops.py).
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
  <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="choose"/><userTask id="choose"/>
  <sequenceFlow id="f2" sourceRef="choose" targetRef="visit"/>
  <userTask id="visit">
    <multiInstanceLoopCharacteristics isSequential="true">
      <loopDataInputRef>regions</loopDataInputRef><inputDataItem id="region"/>
    </multiInstanceLoopCharacteristics>
  </userTask>
  <sequenceFlow id="f3" sourceRef="visit" targetRef="e"/><endEvent id="e"/>
</process>
""")
choose = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
choose.data["regions"] = ["North", None, "South"]
choose.run()
workflow.do_engine_steps()
print("open:", [task.data["region"] for task in workflow.get_tasks(state=TaskState.READY, manual=True)])
workflow.get_tasks(state=TaskState.READY, manual=True)[0].run()
workflow.do_engine_steps()
print("then open:", open_tasks(workflow), "completed:", workflow.completed)
PYTHON
cat >expected <<'TEXT'
open: ['North']
then open: [] completed: False
TEXT
venv/bin/python show.py | tee seen
diff expected seen
