#!/bin/sh
# bpmn-js-headless 0.1.0 (bpmn-js without a browser): a flow that was deleted and given back by undo is the last in the file.

# BPMN 2.0 (13.4.2): the conditions behind an exclusive gateway are tried in order, and the first that holds
# decides; engines take the order of the file. Seen: deleting a flow, or the task it leads to, and undoing
# that at once leaves another order than before, of the flows and of what the gateway lists as outgoing. The
# drawing looks as it did; where two conditions hold, another way is taken. bpmn-js 18.31.1 does the same in
# a browser.

# What Loket does: its editor puts the lists back in the order that they had before the change, shows the
# order of the conditions of a gateway and lets an owner change it (frontend/editor/undo_order.js, ways.js),
# and the diff of two versions tells another order.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-js-headless@0.1.0
cat >show.mjs <<'JAVASCRIPT'
import Modeler from "bpmn-js-headless/lib/Modeler";

const shape = (id, x, size = 80) =>
  `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${x}" y="80" width="${size}" height="${size}"/></bpmndi:BPMNShape>`;
const edge = (id, x) =>
  `<bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}"><di:waypoint x="${x}" y="120"/><di:waypoint x="${x + 60}" y="120"/></bpmndi:BPMNEdge>`;
const flow = (id, to, condition) =>
  `<sequenceFlow id="${id}" sourceRef="choice" targetRef="${to}"><conditionExpression xsi:type="tFormalExpression">${condition}</conditionExpression></sequenceFlow>`;
const source = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="t">
  <process id="p" isExecutable="true">
    <exclusiveGateway id="choice"><outgoing>high</outgoing><outgoing>low</outgoing></exclusiveGateway>
    <userTask id="a"><incoming>high</incoming></userTask><userTask id="b"><incoming>low</incoming></userTask>
    ${flow("high", "a", "n &gt; 10")}${flow("low", "b", "n &gt; 5")}
  </process>
  <bpmndi:BPMNDiagram id="dd"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
    ${shape("choice", 100, 50)}${shape("a", 250)}${shape("b", 400)}${edge("high", 150)}${edge("low", 300)}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`;

async function show(what, element) {
  const modeler = new Modeler();
  await modeler.importXML(source);
  if (element) {
    modeler.invoke((modeling, elementRegistry) => modeling.removeElements([elementRegistry.get(element)]));
    modeler.invoke((commandStack) => commandStack.undo());
  }
  const { xml } = await modeler.saveXML();
  const all = (pattern) => [...xml.matchAll(pattern)].map(([, id]) => id).join(", ");
  console.log(`${what}: flows ${all(/sequenceFlow id="(\w+)"/g)}; outgoing ${all(/outgoing>(\w+)</g)}`);
}

await show("opened");
await show("flow deleted and undone", "high");
await show("task deleted and undone", "a");
JAVASCRIPT
cat >expected <<'TEXT'
opened: flows high, low; outgoing high, low
flow deleted and undone: flows low, high; outgoing low, high
task deleted and undone: flows low, high; outgoing low, high
TEXT
node show.mjs | tee seen
diff expected seen
