#!/bin/sh
# SpiffWorkflow 3.2.0: process data with a key "typename" does not come back as it was saved.

# The serializer marks its own objects by a key "typename" in the same JSON as the data of the process.
# Seen: an answer {"typename": "datetime", "value": "2027-01-01T00:00:00"} comes back as a datetime, and
# {"typename": "course"} makes the whole instance unreadable: TypeError while it is restored. Integer
# keys come back as text, tuples and sets as lists.

# What Loket does: data are plain JSON, stored beside the tokens by a codec of its own, and other types
# are refused at the edge (processes/engine/interpreter/codec.py, processes/engine/language/values.py).
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


from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer


def kept(answer):
    workflow = start("""
    <process id="p" isExecutable="true">
      <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="work"/><userTask id="work"/>
      <sequenceFlow id="f2" sourceRef="work" targetRef="e"/><endEvent id="e"/>
    </process>""")
    workflow.get_tasks(state=TaskState.READY, manual=True)[0].data["answer"] = answer
    serializer = BpmnWorkflowSerializer()
    restored = serializer.deserialize_json(serializer.serialize_json(workflow))
    return restored.get_tasks(state=TaskState.READY, manual=True)[0].data["answer"]


print(repr(kept({"typename": "datetime", "value": "2027-01-01T00:00:00"})))
try:
    kept({"typename": "course", "name": "Rekenen"})
except TypeError as error:
    print("TypeError:", error)
print(kept({1: (2, 3)}))
PYTHON
cat >expected <<'TEXT'
datetime.datetime(2027, 1, 1, 0, 0)
TypeError: 'NoneType' object is not callable
{'1': [2, 3]}
TEXT
venv/bin/python show.py | tee seen
diff expected seen
