// Asks the owner before the first change is saved: this is what the editor would leave out of the file. Nothing is saved without a yes.
import { lostBetween } from './lost.js';

const MOST = 100; // in the list
const LONGEST = 80; // characters of a value

const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? '' });
const short = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
const quoted = (text) => `“${short(text.replace(/\s+/g, ' '))}”`;

function sentence({ kind, isWhole, tag, name, value }) {
  if (kind === 'comment') return `een opmerking die alleen in het bestand staat: ${quoted(value)}`;
  if (kind === 'text') return `de tekst ${quoted(value)} in <${tag}>`;
  if (kind === 'attribute') return `het kenmerk ${name} van <${tag}>, ${value ? `met de waarde ${quoted(value)}` : 'dat leeg is'}`;
  return isWhole ? `het hele onderdeel <${tag}>, met alles wat erin staat` : `het deel <${tag}>, met alles wat erin staat`;
}

function item(lost) {
  const { id, name } = lost.place;
  const line = make('li');
  if (name || id) line.append(make('strong', '', name ? `${short(name)} (${id})` : id), ': ');
  line.append(sentence(lost));
  return line;
}

function button(text, kind, act) {
  const made = Object.assign(make('button', `utrecht-button utrecht-button--${kind}-action loket-button`, text), { type: 'button' });
  made.addEventListener('click', act);
  return made;
}

function dialogOf(lost, noun) {
  const dialog = make('dialog', 'loket-lost');
  const title = Object.assign(make('h2', 'utrecht-heading-2', 'De editor kan niet alles uit dit bestand bewaren'), { id: 'loket-lost' });
  dialog.setAttribute('aria-labelledby', title.id);
  const list = Object.assign(make('ul', 'loket-lost__list'), { tabIndex: 0 });
  list.setAttribute('aria-label', 'Wat zou verdwijnen');
  list.append(...lost.slice(0, MOST).map(item));
  if (lost.length > MOST) list.append(make('li', '', `en nog ${lost.length - MOST} andere.`));
  dialog.append(title, make('p', '', `Er is nog niets bewaard. Als u ${noun} hier wijzigt, bewaart Loket het concept zonder dit:`), list);
  return dialog;
}

// Resolves to whether the owner goes on: true at once when nothing would be lost, null when the question was closed without an answer
// (Escape). `noun`: what is edited, with its article.
export function agreesToLose(frame, before, after, noun) {
  const lost = lostBetween(before, after);
  if (!lost.length) return Promise.resolve(true);
  return new Promise((answer) => {
    const dialog = dialogOf(lost, noun);
    dialog.addEventListener('close', () => { dialog.remove(); answer(dialog.returnValue ? dialog.returnValue === 'yes' : null); });
    const row = make('p', 'loket-buttons');
    row.append(button('Niets wijzigen, alleen bekijken', 'primary', () => dialog.close('no')), button('Wijzigen zonder deze delen', 'secondary', () => dialog.close('yes')));
    dialog.append(row);
    frame.append(dialog);
    dialog.showModal();
  });
}
