// Completion in the panel: while somebody types FEEL (=…) or ${…}, the names that the diagram gives a value at the element, and the functions.
import { typedNameIn } from '../feel_typing.js';

const BARE = /condition|cardinality|^collection$/i; // entries whose text is an expression without a mark too
const MOST = 50;
let lists = 0;

// The language of what stands before the cursor, and the name that is being typed; null where nothing may be completed.
export function asked(text, cursor, isBare) {
  const before = text.slice(0, cursor);
  const opened = before.lastIndexOf('${');
  const isFeel = /^\s*=/.test(text) && cursor > text.indexOf('=');
  const isSmall = !isFeel && (opened >= 0 ? !before.slice(opened).includes('}') : isBare && !text.trim().startsWith('$'));
  if (!isFeel && !isSmall) return null;
  const own = isFeel ? before.slice(before.indexOf('=') + 1) : before.slice(opened < 0 ? 0 : opened + 2);
  if ((own.match(/"/g) ?? []).length % 2 || (!isFeel && (own.match(/'/g) ?? []).length % 2)) return null; // within a text
  const name = isFeel ? typedNameIn(own) : /[\p{L}_][\p{L}\p{N}_]*$/u.exec(own)?.[0] ?? '';
  if (/\.\s*$/.test(own.slice(0, own.length - name.length))) return null; // an entry of something
  return { isFeel, name, from: cursor - name.length };
}

// The options for what was typed: those that begin with it first.
export function fitting(options, name) {
  const wanted = name.toLowerCase();
  const begins = options.filter((each) => each.name.toLowerCase().startsWith(wanted));
  const holds = wanted.length > 1 ? options.filter((each) => !begins.includes(each) && each.name.toLowerCase().includes(wanted)) : [];
  return [...begins, ...holds].slice(0, MOST);
}

class Completion {
  constructor(frame, modeler) {
    Object.assign(this, { frame, modeler, options: [], active: -1, field: null, known: null, isStale: true, loads: 0 });
    this.id = `loket-namen-${lists++}`;
    this.list = Object.assign(document.createElement('ul'), { id: this.id, className: 'loket-names', hidden: true });
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', 'Namen die u kunt gebruiken');
    this.told = Object.assign(document.createElement('p'), { className: 'loket-hidden' });
    this.told.setAttribute('role', 'status');
    frame.append(this.list, this.told);
    this.listen(frame.querySelector('[data-panel]'));
  }

  listen(panel) {
    this.frame.addEventListener('loket:saved', () => { this.isStale = true; });
    panel.addEventListener('focusin', ({ target }) => { if (target.matches('input[type="text"], textarea')) this.load(); });
    panel.addEventListener('input', ({ target, isTrusted }) => { if (isTrusted && target.matches('input[type="text"], textarea')) this.type(target); });
    panel.addEventListener('keydown', (event) => this.press(event), true);
    panel.addEventListener('focusout', () => this.hide());
    panel.addEventListener('scroll', () => this.hide(), { passive: true });
    this.list.addEventListener('pointerdown', (event) => {
      event.preventDefault(); // the field keeps the focus
      const option = event.target.closest('[role="option"]');
      if (option) this.choose(Number(option.dataset.at));
    });
  }

  // The names of the diagram as it was saved last. Whether there are other ones than before.
  async load() {
    if (!this.isStale || !this.frame.dataset.names) return false;
    this.isStale = false;
    const mine = ++this.loads;
    const answer = await fetch(this.frame.dataset.names, { headers: { Accept: 'application/json' }, credentials: 'same-origin' }).catch(() => null);
    const known = answer?.ok ? await answer.json().catch(() => null) : null;
    if (mine !== this.loads) return false; // asked again since
    if (known) this.known = known;
    else this.isStale = true;
    return Boolean(known);
  }

  // What is known stands there at once; what was drawn just now a moment later.
  async type(field) {
    this.show(field);
    if (await this.load() && document.activeElement === field) this.show(field);
  }

  // What the selected element knows: all names but those of other elements alone.
  offered(isFeel) {
    const around = new Set();
    for (let each = this.modeler.get('selection').get()[0]; each; each = each.parent) around.add(each.businessObject?.id ?? each.id);
    const names = new Map();
    this.known.names.filter(({ within }) => !within || around.has(within)).forEach((each) => names.set(each.name, each));
    const functions = isFeel ? this.known.functions : this.known.small.map((name) => ({ name, info: 'Functie' }));
    return [...names.values(), ...functions.map((each) => ({ ...each, isFunction: true }))];
  }

  show(field, isWanted = false) {
    const bare = BARE.test(field.closest('[data-entry-id]')?.dataset.entryId ?? '');
    const found = this.known && asked(field.value, field.selectionStart, bare);
    const options = found && (found.name || isWanted) ? fitting(this.offered(found.isFeel), found.name) : [];
    if (!options.length || (options.length === 1 && options[0].name === found.name)) { this.hide(); return; }
    Object.assign(this, { field, options, found, active: -1 });
    this.list.replaceChildren(...options.map((each, at) => this.option(each, at)));
    this.place();
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', this.id);
    this.told.textContent = `${options.length === 1 ? 'Eén naam' : `${options.length} namen`}. Kies met pijl omlaag en Enter.`;
  }

  option({ name, info, isFunction }, at) {
    const option = Object.assign(document.createElement('li'), { id: `${this.id}-${at}`, className: 'loket-names__one' });
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    option.dataset.at = at;
    option.append(Object.assign(document.createElement('code'), { textContent: isFunction ? `${name}()` : name }));
    if (info) option.append(Object.assign(document.createElement('span'), { textContent: info }));
    return option;
  }

  // Below the field, or above it where there is no room.
  place() {
    const { left, top, bottom, width } = this.field.getBoundingClientRect();
    this.list.hidden = false;
    const high = this.list.offsetHeight;
    const below = bottom + high <= innerHeight || top < high;
    Object.assign(this.list.style, { left: `${left}px`, top: `${below ? bottom : top - high}px`, inlineSize: `${width}px` });
  }

  press(event) {
    const { key, target } = event;
    if (key === ' ' && event.ctrlKey && target.matches('input[type="text"], textarea')) { event.preventDefault(); this.show(target, true); return; }
    if (this.list.hidden) return;
    const acts = {
      ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Escape: () => this.hide(),
      ...(this.active >= 0 && { Enter: () => this.choose(this.active), Tab: () => this.choose(this.active) }),
    };
    if (!acts[key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[key]();
  }

  move(by) {
    const { children } = this.list;
    children[this.active]?.setAttribute('aria-selected', 'false');
    this.active = (this.active + by + children.length + (this.active < 0 && by < 0 ? 1 : 0)) % children.length;
    const option = children[this.active];
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    this.field.setAttribute('aria-activedescendant', option.id);
  }

  // Written as if it was typed, so that the panel keeps it.
  choose(at) {
    const { field, found, options } = this;
    const { name, isFunction } = options[at];
    this.hide();
    field.setRangeText(isFunction ? `${name}(` : name, found.from, found.from + found.name.length, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  hide() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.told.textContent = '';
    this.field?.removeAttribute('aria-activedescendant');
  }
}

export const completeNames = (frame, modeler) => new Completion(frame, modeler);
