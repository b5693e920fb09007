#!/bin/sh
# bpmn-engine 25.0.1: a thrown compensation undoes whatever was completed, the first first, and waits for none of it.

# BPMN 2.0 (10.5.5, 13.5.5): activityRef names the one activity to undo; without it what was completed in the scope
# is undone in reverse order, a completed subprocess by what was completed in it; the throwing event waits until
# that is done (waitForCompletion, true by default). Seen: both activities are undone where one is named, and in the
# order in which they were done; with a person's task among what undoes, the flow has gone on before it is done;
# of a completed subprocess nothing is undone.

# What Loket does: as BPMN says (tests/processes/engine/execution/scopes/test_compensation.py); docs/engine.md warns
# whoever draws a diagram that is to run there too.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-engine@25.0.1
cat >show.mjs <<'JAVASCRIPT'
import { EventEmitter } from "node:events";
import { Engine } from "bpmn-engine";

const flows = (...ids) =>
  ids.slice(1).map((id, n) => `<sequenceFlow id="${ids[n]}-${id}" sourceRef="${ids[n]}" targetRef="${id}"/>`).join("");
const undone = (id, tag = "task") => `<task id="${id}"/>
  <boundaryEvent id="edge-${id}" attachedToRef="${id}"><compensateEventDefinition/></boundaryEvent>
  <${tag} id="undo-${id}" isForCompensation="true"/>
  <association id="tie-${id}" associationDirection="One" sourceRef="edge-${id}" targetRef="undo-${id}"/>`;
const thrown = (more = "") =>
  `<intermediateThrowEvent id="throw"><compensateEventDefinition ${more}/></intermediateThrowEvent>
  <userTask id="after"/><endEvent id="end"/>`;

const CASES = {
  "all": `${undone("book")}${undone("pay")}${thrown()}${flows("start", "book", "pay", "throw", "after", "end")}`,
  "only book": `${undone("book")}${undone("pay")}${thrown('activityRef="book"')}${flows("start", "book", "pay", "throw", "after", "end")}`,
  "by a person": `${undone("book", "userTask")}${thrown()}${flows("start", "book", "throw", "after", "end")}`,
  "in a subprocess": `<subProcess id="sub"><startEvent id="s"/>${undone("book")}<endEvent id="e"/>${flows("s", "book", "e")}</subProcess>
    ${thrown()}${flows("start", "sub", "throw", "after", "end")}`,
};
for (const [name, body] of Object.entries(CASES)) {
  const source = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
    <process id="p" isExecutable="true"><startEvent id="start"/>${body}</process></definitions>`;
  const seen = [];
  const listener = new EventEmitter();
  const tells = ({ id }) => (id.startsWith("undo-") || id === "throw" || id === "after") && id;
  listener.on("activity.end", (activity) => tells(activity) && seen.push(activity.id));
  listener.on("activity.wait", (activity) => tells(activity) && seen.push(`${activity.id} waits`));
  const engine = new Engine({ name, source });
  await engine.execute({ listener });
  await engine.stop();
  console.log(`${name}: ${seen.join(", ")}`);
}
JAVASCRIPT
cat >expected <<'TEXT'
all: undo-book, undo-pay, throw, after waits
only book: undo-book, undo-pay, throw, after waits
by a person: undo-book waits, throw, after waits
in a subprocess: throw, after waits
TEXT
node show.mjs | tee seen
diff expected seen
