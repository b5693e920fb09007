// Keeps what is edited: every change is sent to the server a moment later, and forms of the page wait for it.
import { AGAIN, isOurs, notKept, post } from '../editor/post.js';

const PAUSE = 1000; // milliseconds after the last change

// Sends the table a moment after each change. A colleague's version is never overwritten without asking.
export class Keeper {
  // `ask` resolves to what the owner says of what cannot be kept of the file (agreesToLose).
  constructor(frame, tables, ask) {
    Object.assign(this, { frame, tables, ask, version: Number(frame.dataset.version), isChanged: false, isStopped: false, isAllowed: false });
    this.status = frame.querySelector('[data-status]');
  }

  changed() {
    this.isChanged = true;
    this.say('Nog niet bewaard.');
    clearTimeout(this.waiting);
    if (!this.isStopped) this.waiting = setTimeout(() => this.keep(), PAUSE);
  }

  // Resolves to whether changes may be kept. Whoever closes the question decided nothing: it comes back with the next change.
  decide() {
    this.deciding ??= this.ask().then((answer) => this.decided(answer)).finally(() => { this.deciding = null; });
    return this.deciding;
  }

  decided(answer) {
    this.isAllowed = answer === true;
    if (answer === true) this.say(this.isChanged ? 'Nog niet bewaard.' : 'Alles is bewaard.');
    else if (answer === null) {
      this.say('Er wordt nog niets bewaard: de editor kan niet alles uit dit bestand bewaren.');
      this.offer('Bekijken wat zou verdwijnen', async () => { if (await this.decide()) this.keep(); });
    } else {
      this.isChanged = false;
      window.location.assign(this.frame.dataset.show);
    }
    return this.isAllowed;
  }

  // Resolves to whether all is kept; one at a time, or the second would be told that it is too late.
  async keep() {
    clearTimeout(this.waiting);
    while (this.sending) await this.sending;
    if (!this.isChanged || this.isStopped) return !this.isChanged;
    if (!this.isAllowed) return await this.decide() ? this.keep() : false;
    this.sending = this.send().finally(() => { this.sending = null; });
    return this.sending;
  }

  async send() {
    this.isChanged = false;
    try {
      const body = new FormData();
      body.set('xml', (await this.tables.saveXML({ format: true })).xml);
      body.set('version', this.version);
      const answer = await post(this.frame.dataset.save, body);
      if (isOurs(answer) && [200, 404, 409, 422].includes(answer.status)) this.answered(answer.status, await answer.json());
      else this.later(`${notKept(answer)}.`);
      return answer.ok;
    } catch {
      this.later('Er is geen verbinding. Wij proberen het zo opnieuw.');
      return false;
    }
  }

  // The server may take it in a moment.
  later(text) {
    this.isChanged = true;
    this.say(text);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), AGAIN);
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
    this.isStopped = status === 404 || status === 409;
    if (status !== 409) return;
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
export function holdForms(keeper) {
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
