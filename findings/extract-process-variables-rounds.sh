#!/bin/sh
# @bpmn-io/extract-process-variables 2.2.1 leaves out the variables of a multi-instance and the initiator.

# Seen: the variables of forms, results, mappings and caught errors are listed. The elementVariable of a
# multi-instance (one for each round, which a form in it reads) and the camunda:initiator of a start
# event are not, so an editor that completes names by it does not offer them.

# What Loket does: the names that a diagram gives a value are collected by itself, for the check of
# unknown variables (processes/engine/checks/rules/expressions.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @bpmn-io/extract-process-variables@2.2.1 bpmn-moddle@10.3.1 camunda-bpmn-moddle@8.0.1
cat >show.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
import { getProcessVariables } from "@bpmn-io/extract-process-variables";
import { BpmnModdle } from "bpmn-moddle";

const camunda = createRequire(import.meta.url)("camunda-bpmn-moddle/resources/camunda.json");
const { rootElement } = await new BpmnModdle({ camunda }).fromXML(`
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
  <process id="p" isExecutable="true">
    <startEvent id="s" camunda:initiator="starter"/>
    <userTask id="form"><extensionElements><camunda:formData>
      <camunda:formField id="field" type="string"/></camunda:formData></extensionElements></userTask>
    <serviceTask id="job" camunda:expression="x" camunda:resultVariable="result"/>
    <userTask id="rounds"><multiInstanceLoopCharacteristics
      camunda:collection="companies" camunda:elementVariable="company"/></userTask>
  </process>
</definitions>`);
const found = await getProcessVariables(rootElement.rootElements[0]);
console.log(found.map((each) => each.name).sort().join(" "));
JAVASCRIPT
cat >expected <<'TEXT'
field result
TEXT
node show.mjs | tee seen
diff expected seen
