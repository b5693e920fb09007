#!/bin/sh
# bpmn-auto-layout 1.3.0 leaves much undrawn, in silence, and draws what has no shape.

# Seen: of a collaboration only the first process is drawn: no pools, no lanes, no message flow, nothing
# of the second process; no text annotation; and no sequence flow at all where the nodes have no
# <incoming> and <outgoing> (BPMN20.xsd makes both optional: tFlowNode, minOccurs 0). A dataObject,
# which has no shape of its own in BPMN DI, gets one. A file that bpmn-js then opens looks complete.

# What Loket does: it has a layout of its own for files without a drawing
# (processes/engine/diagram/layout.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-auto-layout@1.3.0
cat >show.mjs <<'JAVASCRIPT'
import { layoutProcess } from "bpmn-auto-layout";

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const undrawn = async (body) => {
  const xml = await layoutProcess(`<definitions xmlns="${BPMN}" id="d" targetNamespace="t">${body}</definitions>`);
  const drawn = new Set([...xml.matchAll(/bpmnElement="([^"]+)"/g)].map((found) => found[1]));
  return [...body.matchAll(/ id="([^"]+)"/g)].map((found) => found[1]).filter((id) => !drawn.has(id));
};
console.log("pools:", (await undrawn(`
  <collaboration id="c"><participant id="ours" processRef="p"/><participant id="theirs" processRef="q"/>
    <messageFlow id="asks" sourceRef="v" targetRef="u"/></collaboration>
  <process id="p"><laneSet id="ls"><lane id="lane"><flowNodeRef>u</flowNodeRef></lane></laneSet>
    <userTask id="u"/><textAnnotation id="note"/><association id="a" sourceRef="u" targetRef="note"/></process>
  <process id="q"><userTask id="v"/></process>`)).join(" "));
console.log("flows:", (await undrawn(`
  <process id="p"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/><userTask id="u"/>
  </process>`)).join(" "));
console.log("a data object is left undrawn:", (await undrawn(`
  <process id="p"><dataObject id="data"/><dataObjectReference id="shown" dataObjectRef="data"/></process>`)).length === 1);
JAVASCRIPT
cat >expected <<'TEXT'
pools: c ours theirs asks ls lane note a q v
flows: f
a data object is left undrawn: false
TEXT
node show.mjs | tee seen
diff expected seen
