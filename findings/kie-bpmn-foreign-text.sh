#!/bin/sh
# @kie-tools/bpmn-marshaller 10.2.0: text in elements of another namespace is lost, and elements move.

# BPMN 2.0 (8.3.1): what extensionElements hold is of another namespace, and tools keep what they do not
# know. Seen: such elements come back with their attributes and without their text, so the number of days
# of a Camunda input parameter, the values of a list and the retries of a job are gone without a word, and
# the diagram is still valid. Within a process elements are grouped by name: an end event stands before the
# gateway behind which it was. Flows keep their order among each other.

# What Loket does: the check of a diagram warns of a parameter without a value, and refuses retries without
# one (tests/processes/engine/checks/rules/test_parameters.py and test_tasks.py); the order of conditions is
# that of the flows alone (docs/engine.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @kie-tools/bpmn-marshaller@10.2.0 jsdom@26.1.0 esbuild@0.28.0
cat >retention.bpmn <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="urn:example">
  <process id="retention" isExecutable="true">
    <startEvent id="begin"/>
    <serviceTask id="remove" camunda:type="external" camunda:topic="remove">
      <extensionElements>
        <camunda:failedJobRetryTimeCycle>R8/PT1M</camunda:failedJobRetryTimeCycle>
        <camunda:inputOutput>
          <camunda:inputParameter name="days">90</camunda:inputParameter>
        </camunda:inputOutput>
      </extensionElements>
    </serviceTask>
    <endEvent id="done"/>
    <sequenceFlow id="f1" sourceRef="begin" targetRef="remove"/>
    <sequenceFlow id="f2" sourceRef="remove" targetRef="done"/>
  </process>
</definitions>
XML
cat >show.js <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import { getMarshaller } from "@kie-tools/bpmn-marshaller";

const marshaller = getMarshaller(readFileSync("retention.bpmn", "utf8"));
const xml = marshaller.builder.build(marshaller.parser.parse());
process.stdout.write(xml);
JAVASCRIPT
npx esbuild show.js --bundle --platform=node --external:jsdom --outfile=show.cjs --log-level=error
cat >expected <<'TEXT'
<startEvent id="begin" />
<endEvent id="done" />
<serviceTask id="remove" camunda:type="external" camunda:topic="remove">
<camunda:failedJobRetryTimeCycle />
<camunda:inputParameter name="days" />
<sequenceFlow id="f1" sourceRef="begin" targetRef="remove" />
<sequenceFlow id="f2" sourceRef="remove" targetRef="done" />
TEXT
node show.cjs 2>/dev/null | grep -oE '<(startEvent|endEvent|serviceTask|sequenceFlow|camunda:(f|inputP))[^>]*>' | tee seen
diff expected seen
