#!/bin/sh
# element-templates-cli 0.5.0 applies a template of Camunda 7 as one of Camunda 8: its parameters are gone.

# The JSON schema of element templates (Camunda 7) has the bindings property, camunda:inputParameter and more, with
# a value to begin with. Seen: of such a template the attributes of the task are set, the input parameter, with
# the value that the template gives it, is left out without a word, and the task refers to its template as
# zeebe:modelerTemplate: a word of another engine, in a diagram that has none else.

# What Loket does: its templates are for the desktop Camunda Modeler and its own editor, which set parameters
# (docs/process-owners/README.md); the check refuses a webhook without its address, and does not take the name of
# a template for a setting of another engine (tests/processes/engine/checks/rules/test_schema.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund element-templates-cli@0.5.0
cat >drawn.bpmn <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:example"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <bpmn:process id="p" isExecutable="true"><bpmn:serviceTask id="tell" name="Tell"/></bpmn:process>
  <bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="l" bpmnElement="p">
    <bpmndi:BPMNShape id="tell_di" bpmnElement="tell"><dc:Bounds x="100" y="80" width="100" height="80"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
XML
cat >template.json <<'JSON'
{
  "id": "example.tell",
  "name": "Tell another system",
  "appliesTo": ["bpmn:ServiceTask"],
  "properties": [
    {"type": "Hidden", "value": "external", "binding": {"type": "property", "name": "camunda:type"}},
    {"type": "Hidden", "value": "webhook", "binding": {"type": "property", "name": "camunda:topic"}},
    {"type": "String", "label": "Address", "value": "school", "binding": {"type": "camunda:inputParameter", "name": "webhook_address"}}
  ]
}
JSON
cat >expected <<'TEXT'
zeebe:modelerTemplate="example.tell"
camunda:type="external"
camunda:topic="webhook"
parameters: 0
TEXT
npx element-templates-cli --diagram drawn.bpmn --template template.json --element tell --output made.bpmn
{
  grep -oE '(zeebe|camunda):(modelerTemplate|type|topic)="[^"]*"' made.bpmn
  echo "parameters: $(grep -c inputParameter made.bpmn || true)"
} | tee seen
diff expected seen
