// In the place of the checks of bpmn.io, which know FEEL of Camunda and speak English: our server says where a text is no FEEL, in Dutch.
const known = { address: '', names: () => [] };

// `address`: where texts are checked; `names`: gives those that expressions may read.
export function checkAt(address, names) {
  Object.assign(known, { address, names });
}

async function faults(text, isCell) {
  const body = new FormData();
  body.set('text', text);
  body.set('kind', isCell ? 'cell' : 'expression');
  known.names().filter((name) => /\W/.test(name)).forEach((name) => body.append('name', name));
  const headers = { 'X-CSRFToken': document.querySelector('meta[name="csrf-token"]')?.content ?? '', Accept: 'application/json' };
  const answer = await fetch(known.address, { method: 'POST', body, headers, credentials: 'same-origin' });
  return answer.ok ? (await answer.json()).faults : [];
}

export const cmFeelLinter = () => async (view) => {
  const text = view.state.doc.toString();
  if (!known.address || !text.trim()) return [];
  const found = await faults(text, Boolean(view.dom.closest('td.input-cell'))).catch(() => []);
  const length = view.state.doc.length;
  return found.map(({ start, end, message }) => ({ from: Math.min(start, length), to: Math.min(end, length), severity: 'error', message }));
};
