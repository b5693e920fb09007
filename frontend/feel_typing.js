// Typing over selected text in the editor of FEEL. Left to the browser it would write the colour of the old text in a style attribute, which our Content-Security-Policy refuses.
import { EditorView } from '@codemirror/view';

function insert(view, text) {
  const { from, to } = view.state.selection.main;
  const usual = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, usual))) view.dispatch(usual());
}

export const typing = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== 'insertText' || !event.data || view.composing || view.state.selection.main.empty) return false;
    event.preventDefault();
    insert(view, event.data);
    return true;
  },
});

const KEYWORDS = 'and|between|else|every|for|function|if|in|instance|not|of|or|return|satisfies|some|then';
const LAST_KEYWORD = new RegExp(String.raw`^.*\b(?:${KEYWORDS})\s+`);

// The name at the end of a text, which may hold spaces but no word of the language: of "if aantal ur" it is "aantal ur".
export function typedNameIn(text) {
  const typed = /[\p{L}_][\p{L}\p{N}_ ]*$/u.exec(text)?.[0] ?? '';
  return typed.slice(LAST_KEYWORD.exec(typed)?.[0].length ?? 0);
}

// The name that is being typed before the cursor of the editor of FEEL.
export function typedName(context) {
  const typed = context.matchBefore(/[\p{L}_][\p{L}\p{N}_ ]*$/u);
  return typed && { from: typed.to - typedNameIn(typed.text).length };
}
