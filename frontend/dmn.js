// The editor of a decision table, in an element with data-dmn:
//   data-src      address of the DMN file        data-save  where each change is sent
//   data-show     address of the page that only shows the table
//   data-version  the version that was read; others in the page with data-version follow it
// Inside it: [data-canvas], and [data-status] that says what is kept. Elsewhere: [data-findings].
import { agreesToLose } from './ask_lost.js';
import EditingManager from 'dmn-js-shared/lib/base/EditingManager';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import Editor from 'dmn-js-decision-table/lib/Editor';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';
import { POLICIES, dutch } from './dmn_words.js';

const PAUSE = 1000; // milliseconds after the last change
const LANGUAGE = 'loket'; // not FEEL: cells are checked by the server, in its own small language
const LEFT_OUT = ['simpleDateEdit', 'simpleDateTimeEdit', 'simpleTimeEdit', 'simpleDurationEdit', 'viewDrd', 'expressionLanguage'];

for (let at = HIT_POLICIES.length - 1; at >= 0; at -= 1) {
  const { hitPolicy, aggregation } = HIT_POLICIES[at].value;
  const [label, explanation] = POLICIES.get([hitPolicy, aggregation].filter(Boolean).join(' ')) ?? [];
  if (label) Object.assign(HIT_POLICIES[at], { label, explanation });
  else HIT_POLICIES.splice(at, 1);
}

class TableEditor extends Editor {
  getModules() {
    const isLeftOut = (module) => (module.__init__ ?? []).some((name) => LEFT_OUT.includes(name));
    return [...super.getModules().filter((module) => !isLeftOut(module)), { translate: ['value', dutch] }];
  }
}

class Tables extends EditingManager {
  _getViewProviders() {
    const isTable = (element) => is(element, 'dmn:Decision') && is(element.decisionLogic, 'dmn:DecisionTable');
    return [{ id: 'decisionTable', constructor: TableEditor, opens: isTable }];
  }
}

// Sends the table a moment after each change. A colleague's version is never overwritten without asking.
class Keeper {
  constructor(frame, tables) {
    Object.assign(this, { frame, tables, version: Number(frame.dataset.version), isChanged: false, isStopped: false });
    this.status = frame.querySelector('[data-status]');
  }

  changed() {
    this.isChanged = true;
    this.say('Nog niet bewaard.');
    clearTimeout(this.waiting);
    if (!this.isStopped) this.waiting = setTimeout(() => this.keep(), PAUSE);
  }

  // Resolves to whether all is kept; one at a time, or the second would be told that it is too late.
  async keep() {
    clearTimeout(this.waiting);
    while (this.sending) await this.sending;
    if (!this.isChanged || this.isStopped) return !this.isChanged;
    this.sending = this.send().finally(() => { this.sending = null; });
    return this.sending;
  }

  async send() {
    this.isChanged = false;
    const body = new FormData();
    body.set('xml', (await this.tables.saveXML({ format: true })).xml);
    body.set('version', this.version);
    try {
      const headers = { 'X-CSRFToken': document.querySelector('meta[name="csrf-token"]')?.content ?? '', Accept: 'application/json' };
      const answer = await fetch(this.frame.dataset.save, { method: 'POST', body, headers, credentials: 'same-origin' });
      const isOurs = answer.headers.get('Content-Type')?.startsWith('application/json');
      this.answered(answer.status, isOurs ? await answer.json() : { message: 'Bewaren lukt niet. Log zo nodig opnieuw in, in een ander tabblad.' });
      return answer.ok;
    } catch {
      this.isChanged = true;
      this.say('Er is geen verbinding. Wij proberen het zo opnieuw.');
      this.waiting = setTimeout(() => this.keep(), 5 * PAUSE);
      return false;
    }
  }

  answered(status, told) {
    if (status === 200) {
      this.version = told.version;
      document.querySelectorAll('input[data-version]').forEach((field) => { field.value = told.version; });
      document.querySelector('[data-findings]').innerHTML = told.findings;
      if (!this.isChanged) this.say(told.message);
      return;
    }
    this.isChanged = true;
    this.say(told.message);
    if (status !== 409) return;
    this.isStopped = true;
    this.offer('Toch mijn tabel bewaren', () => { Object.assign(this, { version: told.version, isStopped: false }); this.keep(); });
    this.offer('Bekijken wat er nu staat', () => { this.isChanged = false; window.location.reload(); });
  }

  say(text) {
    this.status.textContent = text;
    this.frame.dataset.kept = this.isChanged ? '' : 'yes';
  }

  offer(text, act) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: text, className: 'loket-textbutton' });
    button.addEventListener('click', act);
    this.status.append(' ', button);
  }
}

// A form about the table waits until what was typed last is kept.
function holdForms(keeper) {
  document.querySelectorAll('form[data-after-saving]').forEach((form) => {
    form.addEventListener('submit', async (event) => {
      if (!keeper.isChanged && !keeper.sending) return;
      event.preventDefault();
      document.activeElement?.blur();
      if (await keeper.keep()) form.requestSubmit(event.submitter ?? undefined);
    });
  });
  window.addEventListener('beforeunload', (event) => { if (keeper.isChanged) event.preventDefault(); });
}

async function edit(frame) {
  const tables = new Tables({
    container: frame.querySelector('[data-canvas]'),
    common: { dataTypes: ['string', 'number', 'boolean'], expressionLanguages: { options: [{ value: LANGUAGE, label: 'Loket' }], defaults: { editor: LANGUAGE } } },
  });
  const keeper = new Keeper(frame, tables);
  try {
    const answer = await fetch(frame.dataset.src, { headers: { Accept: 'application/xml' }, credentials: 'same-origin' });
    if (!answer.ok) throw new Error(answer.status);
    const xml = await answer.text();
    await tables.importXML(xml, { open: false });
    if (!tables.getViews().length) {
      keeper.say('In dit bestand staat geen tabel om te wijzigen. Wijzig het in een ander programma, en kies het hieronder bij “Ander bestand”.');
      return;
    }
    await tables.open(tables.getViews()[0]);
    if (!await agreesToLose(frame, xml, (await tables.saveXML({ format: true })).xml, 'de tabel')) {
      window.location.assign(frame.dataset.show);
      return;
    }
  } catch (error) {
    keeper.say(`De tabel kan niet geopend worden (${error.message}).`);
    return;
  }
  tables.getActiveViewer().on('commandStack.changed', () => keeper.changed());
  const numbers = Object.assign(document.createElement('span'), { className: 'loket-hidden', textContent: 'Regel' }); // a heading of numbers, which says nothing
  frame.querySelector('th.index-column')?.append(numbers);
  keeper.say('Alles is bewaard.');
  holdForms(keeper);
  frame.dataset.ready = '';
}

const start = () => document.querySelectorAll('[data-dmn]:not([data-ready])').forEach(edit);
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
