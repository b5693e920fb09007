#!/bin/sh
# bpmn-engine 25.0.1: a joining inclusive gateway does not wait; what follows it runs once per token.

# BPMN 2.0 (13.4.3): an inclusive join waits while a token can still come to one of its flows that has
# none. Two user tasks stand between an inclusive split and an inclusive join. Seen: the task behind the
# join runs as soon as the first of them is done, and again for the second.

# What Loket does: its join looks for tokens that can still come
# (processes/engine/interpreter/task_specs.py), compared with a random walk over many diagrams.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-engine@25.0.1
cat >show.mjs <<'JAVASCRIPT'
import { EventEmitter } from "node:events";
import { Engine } from "bpmn-engine";

const source = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <process id="p" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="split"/>
    <inclusiveGateway id="split"/>
    <sequenceFlow id="f2" sourceRef="split" targetRef="a"/><userTask id="a"/>
    <sequenceFlow id="f3" sourceRef="split" targetRef="b"/><userTask id="b"/>
    <sequenceFlow id="f4" sourceRef="a" targetRef="join"/>
    <sequenceFlow id="f5" sourceRef="b" targetRef="join"/>
    <inclusiveGateway id="join"/><sequenceFlow id="f6" sourceRef="join" targetRef="after"/>
    <task id="after"/><sequenceFlow id="f7" sourceRef="after" targetRef="e"/><endEvent id="e"/>
  </process>
</definitions>`;
const seen = [];
const waiting = [];
const listener = new EventEmitter();
listener.on("activity.end", (activity) => seen.push(activity.id));
listener.on("activity.wait", (activity) => waiting.push(activity));
const engine = new Engine({ name: "join", source });
const ended = new Promise((resolve) => engine.once("end", resolve));
await engine.execute({ listener });
for (const activity of waiting) activity.signal();
await ended;
console.log(seen.filter((id) => ["a", "b", "join", "after"].includes(id)).join(" "));
JAVASCRIPT
cat >expected <<'TEXT'
a join after b join after
TEXT
node show.mjs | tee seen
diff expected seen
