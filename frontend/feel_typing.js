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
