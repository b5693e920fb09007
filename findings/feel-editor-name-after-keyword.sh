#!/bin/sh
# @bpmn-io/feel-editor 2.8.0: behind a keyword no variable is offered, asked for or not.

# A name of FEEL may hold spaces (DMN 1.5, 10.3.1.4), so the editor looks back over words and spaces for
# what is being typed. Seen: of `if ho` it takes all five characters, and of `hours > 1 and ho` it takes
# `1 and ho`; no name begins so. The variable `hours` is offered where it stands first.

# What Loket does: the words of the language are no part of a name (frontend/feel_typing.js).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @bpmn-io/feel-editor@2.8.0 @codemirror/autocomplete@6.20.4 \
  @codemirror/state@6.7.6 jsdom@26.1.0
cat >show.mjs <<'JAVASCRIPT'
import { JSDOM } from "jsdom";

const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
for (const name of ["document", "Window", "MutationObserver", "Node", "requestAnimationFrame", "cancelAnimationFrame"]) {
  globalThis[name] = window[name];
}
globalThis.window = window;
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
const { default: FeelEditor } = await import("@bpmn-io/feel-editor");
const { CompletionContext } = await import("@codemirror/autocomplete");

const variables = [{ name: "hours", type: "variable" }];
for (const text of ["ho", "if ho", "hours > 1 and ho", "for each in ho"]) {
  const editor = new FeelEditor({ container: document.body, value: text, variables });
  const { state } = editor._cmEditor;
  const context = new CompletionContext(state, text.length, true);
  const found = state.languageDataAt("autocomplete", text.length).map((source) => source(context));
  const names = found.find((each) => each?.options.some(({ label }) => label === "hours"));
  console.log(JSON.stringify(text), "is completed from", JSON.stringify(text.slice(names.from)));
}
process.exit(0);
JAVASCRIPT
cat >expected <<'TEXT'
"ho" is completed from "ho"
"if ho" is completed from "if ho"
"hours > 1 and ho" is completed from "1 and ho"
"for each in ho" is completed from "for each in ho"
TEXT
node show.mjs | tee seen
diff expected seen
