#!/bin/sh
# SpiffWorkflow 3.2.0: the names of a multi-instance may not be those of variables that are there.

# BPMN 2.0 (10.3.7, 10.4.1): data of an activity are its own, and hide what is around it. Seen: rounds whose
# item has the name of a variable are refused; rounds by a number that collect into a list that is there (the
# second time in a loop) end in a NameError, as the code misspells its own name (data_ouput).

# What Loket does: both are the round's own, and hide others (processes/engine/interpreter/multi_instance/loops.py).
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


def visits(rounds, **variables):
    workflow = start(f"""
    <process id="p" isExecutable="true">
      <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="choose"/><userTask id="choose"/>
      <sequenceFlow id="f2" sourceRef="choose" targetRef="visit"/>
      <userTask id="visit"><multiInstanceLoopCharacteristics>{rounds}</multiInstanceLoopCharacteristics></userTask>
      <sequenceFlow id="f3" sourceRef="visit" targetRef="e"/><endEvent id="e"/>
    </process>
    """)
    choose = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
    choose.data.update(variables)
    try:
        choose.run()
        workflow.do_engine_steps()
    except Exception as error:
        return f"{type(error).__name__}: {error}".rstrip(". ")
    return len(open_tasks(workflow))


ITEM = '<loopDataInputRef>regions</loopDataInputRef><inputDataItem id="region"/>'
COLLECTED = (
    '<loopDataOutputRef>reports</loopDataOutputRef><outputDataItem id="report"/>'
    "<loopCardinality>2</loopCardinality>"
)
print("rounds:", visits(ITEM, regions=["North", "South"]))
print("a variable is called as the item:", visits(ITEM, regions=["North", "South"], region="East"))
print("rounds:", visits(COLLECTED))
print("the list is there:", visits(COLLECTED, reports=[]))
PYTHON
cat >expected <<'TEXT'
rounds: 2
a variable is called as the item: WorkflowDataException: Multiinstance input item region already exists
rounds: 2
the list is there: NameError: name 'data_ouput' is not defined
TEXT
venv/bin/python show.py | tee seen
diff expected seen
