#!/bin/sh
# SpiffWorkflow 3.2.0: of a decision table with hit policy UNIQUE the first rule of two wins in silence.

# DMN 1.3 (8.2.10): with UNIQUE no two rules may hit, with RULE ORDER the outcome is a list in the order
# of the rules, with COLLECT and SUM one number. Seen: UNIQUE gives the first, RULE ORDER the first
# alone, and SUM a list.

# What Loket does: decision tables are compiled by itself; a second hit is refused by name, aggregations
# are worked out (processes/engine/decisions/tables.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SpiffWorkflow==3.2.0
cat >show.py <<'PYTHON'
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
PROCESS = f"""
<definitions xmlns="{BPMN}" xmlns:spiffworkflow="{SPIFF}" targetNamespace="t">
  <process id="p" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="d"/>
    <businessRuleTask id="d"><extensionElements>
      <spiffworkflow:calledDecisionId>fee</spiffworkflow:calledDecisionId>
    </extensionElements></businessRuleTask>
    <sequenceFlow id="f2" sourceRef="d" targetRef="e"/><endEvent id="e"/>
  </process>
</definitions>"""
TABLE = f"""
<definitions xmlns="{DMN}" id="f" name="f" namespace="t"><decision id="fee" name="fee">
  <decisionTable id="t" %s>
    <input id="i"><inputExpression id="x" typeRef="number"><text>5</text></inputExpression></input>
    <output id="o" name="fee"/>
    <rule id="r1"><inputEntry id="a"><text>&gt; 1</text></inputEntry>
      <outputEntry id="b"><text>10</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="c"><text>&gt; 2</text></inputEntry>
      <outputEntry id="g"><text>20</text></outputEntry></rule>
  </decisionTable>
</decision></definitions>"""

for policy in ('hitPolicy="UNIQUE"', 'hitPolicy="RULE ORDER"', 'hitPolicy="COLLECT" aggregation="SUM"'):
    parser = SpiffBpmnParser()
    parser.add_bpmn_xml(etree.fromstring(PROCESS))
    parser.add_dmn_xml(etree.fromstring(TABLE % policy))
    workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    workflow.do_engine_steps()
    print(policy, workflow.data)
PYTHON
cat >expected <<'TEXT'
hitPolicy="UNIQUE" {'fee': 10}
hitPolicy="RULE ORDER" {'fee': 10}
hitPolicy="COLLECT" aggregation="SUM" {'fee': [10, 20]}
TEXT
venv/bin/python show.py | tee seen
diff expected seen
