// What was typed in a form that was sent stands there again after Back to the page where it was typed. A browser does this for some
// fields alone: not for those without suggestions (autocomplete="off"), nor for those that htmx put there, whose value is their
// default by then. It is kept in the entry of the tab's history, and
// only whoever has the form token of this login gets it back (of a visitor: of this browser, until it is closed); what a browser
// keeps by itself is taken away for anybody else.
const UNSEEN = new Set(['hidden', 'password', 'file', 'submit', 'button', 'image', 'reset']);
const SECRET = /password|one-time-code/;
const waiting = new Map(); // what is for fields that are not on the page yet: the name, with its values

const login = () => document.querySelector('input[name="csrf_token"]')?.value.split('.')[0];
const isTyped = (box) => box.name && box.type && !UNSEEN.has(box.type) && !SECRET.test(box.autocomplete);
const boxesOf = (root) => [...root.querySelectorAll('input, textarea, select')].filter(isTyped);
const isChosen = (box) => box.type === 'checkbox' || box.type === 'radio';
const place = (form) => [...document.forms].indexOf(form);
// By attribute: a field with the name `action` or `method` hides the property of its form.
const attribute = (form, name) => form.getAttribute(name) ?? '';

function valuesOf(box) {
  if (isChosen(box)) return box.checked ? [box.value] : [];
  return box.type === 'select-multiple' ? [...box.selectedOptions].map((each) => each.value) : [box.value];
}

// Several fields with one name take their values in turn, as the server does (app/web/refill.py).
function fill(box, values) {
  const before = valuesOf(box).join('\n');
  if (isChosen(box)) box.checked = values.includes(box.value);
  else if (box.type === 'select-multiple') [...box.options].forEach((each) => { each.selected = values.includes(each.value); });
  else if (values.length) box.value = values.shift();
  if (valuesOf(box).join('\n') === before) return false;
  box.dispatchEvent(new Event('input', { bubbles: true })); // counters count
  return true;
}

export function keepTyped(form) {
  if (attribute(form, 'method').toLowerCase() !== 'post' || !login() || form.dataset.saves !== undefined) return;
  const fields = new Map();
  for (const box of boxesOf(form)) fields.set(box.name, [...fields.get(box.name) ?? [], ...valuesOf(box)]);
  if (fields.size) remember({ by: login(), typed: { place: place(form), action: attribute(form, 'action'), fields: [...fields] } });
}

function remember(more) {
  try { history.replaceState({ ...history.state, ...more }, ''); } catch { /* more than a browser keeps */ }
}

export function showTyped() {
  const { by, typed } = history.state ?? {};
  const isBack = performance.getEntriesByType('navigation')[0]?.type === 'back_forward';
  if (by !== login()) {
    // Somebody else is logged in by now, and the browser put back what it kept by itself.
    if (isBack && by) addEventListener('pageshow', () => { [...document.forms].forEach((form) => HTMLFormElement.prototype.reset.call(form)); });
    remember({ by: login(), typed: undefined });
    return;
  }
  const form = isBack && document.forms[typed?.place];
  if (!form || attribute(form, 'action') !== typed.action) return;
  typed.fields.forEach(([name, values]) => waiting.set(name, [...values]));
  const boxes = boxesOf(form);
  const changed = fillWaiting(boxes);
  // What the answers ask beside these appears when one of them is judged.
  if (waiting.size) (changed[0] ?? boxes[0])?.dispatchEvent(new Event('change', { bubbles: true }));
}

// Those of these fields that have another value than before.
function fillWaiting(boxes) {
  const known = boxes.filter(({ name }) => waiting.has(name));
  const changed = known.filter((box) => fill(box, waiting.get(box.name)));
  known.forEach(({ name }) => waiting.delete(name));
  return changed;
}

export const fillWhatAppeared = (root) => { fillWaiting(boxesOf(root)); };

// Tells the rest of the page what was typed, ticked or chosen before there was a script to hear of it, as if it came now. What a
// browser puts back by itself was told when it was typed.
export function tellEarly() {
  if (performance.getEntriesByType('navigation')[0]?.type !== 'navigate') return;
  const boxes = [...document.forms].flatMap((form) => [...form.elements]).filter((box) => box.name && isTouched(box));
  boxes.forEach((box) => box.dispatchEvent(new Event('change', { bubbles: true })));
}

function isTouched(box) {
  if (isChosen(box)) return box.checked !== box.defaultChecked;
  if (box.type === 'select-multiple') return [...box.options].some((each) => each.selected !== each.defaultSelected);
  if (box.type === 'select-one') {
    const all = [...box.options];
    const given = all.findLastIndex((each) => each.defaultSelected);
    return box.selectedIndex !== (given < 0 ? all.findIndex((each) => !each.disabled) : given);
  }
  return !['hidden', 'submit', 'button', 'reset', 'image', 'fieldset', 'output'].includes(box.type) && box.value !== asGiven(box);
}

// What the page gave, as the browser shows it: an e-mail address without the spaces around it, no line breaks in one line.
function asGiven(box) {
  const same = box.cloneNode();
  same.value = box.defaultValue;
  return same.value;
}
