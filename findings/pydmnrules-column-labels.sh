#!/bin/sh
# pyDMNrules 1.4.5 asks for the label of an input column in place of its expression, and finds nothing there.

# DMN 1.3: the value of an input is that of its expression (8.2.3); the label is what a reader sees.
# Camunda Modeler and dmn-js write both. Seen, for `uren` is 12 in a column labelled "Uren": without the
# label the second rule hits; with it none does, and of a table with a rule for null that one hits. No
# error says that something was not found.

# What Loket does: an expression is evaluated whatever its label says; the label is the heading of the
# column on its page (tests/processes/engine/decisions/test_tables.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyDMNrules==1.4.5 pySFeel==1.4.2
cat >show.py <<'PYTHON'
from pyDMNrules import DMN

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
  <inputData id="hours" name="uren"><variable id="v1" name="uren" typeRef="number"/></inputData>
  <decision id="size" name="Omvang">
    <variable id="v2" name="Omvang" typeRef="number"/>
    <informationRequirement id="needs"><requiredInput href="#hours"/></informationRequirement>
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="i"{label}>
        <inputExpression id="e" typeRef="number"><text>uren</text></inputExpression>
      </input>
      <output id="o" name="omvang" typeRef="number"/>
      {rules}
    </decisionTable>
  </decision>
</definitions>"""
RULE = (
    '<rule id="r{0}"><inputEntry id="i{0}"><text>{1}</text></inputEntry>'
    '<outputEntry id="o{0}"><text>{2}</text></outputEntry></rule>'
)


def rules(*tests):
    return "".join(RULE.format(n, test, n) for n, test in enumerate(tests, 1))


def ask(label, *tests):
    decision = DMN()
    status = decision.useXML(TABLE.format(label=label, rules=rules(*tests)))
    assert "errors" not in status, status
    status, found = decision.decide({"uren": 12})
    if "errors" in status:
        return status["errors"][0]
    result = (found[-1] if isinstance(found, list) else found)["Result"]
    return [value for name, value in result.items() if "omvang" in name]


for label in ("", ' label="Uren"'):
    print("label:", label.strip() or "none")
    print("  below 10, 10 and above:", ask(label, "&lt; 10", "&gt;= 10"))
    print("  null, anything:", ask(label, "null", "-"))
PYTHON
cat >expected <<'TEXT'
label: none
  below 10, 10 and above: [2.0]
  null, anything: [2.0]
label: label="Uren"
  below 10, 10 and above: No rules matched the input data for decision table 'Omvang'
  null, anything: [1.0]
TEXT
venv/bin/python show.py 2>/dev/null | tee seen
diff expected seen
