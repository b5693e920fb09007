// Every change is kept: in this browser at once, and on the server a moment later. Whoever was overtaken chooses; nothing is overwritten.
import { fetchDiagram } from '../diagrams.js';
import { AGAIN, isOurs, notKept, post, token } from './post.js';
import { freePrefixes } from './prefixes.js';

const SOON = 350; // milliseconds after the last change
const TYPED = 650; // after the last key in the panel, which changes the drawing 600 later
const LATEST = 8000; // after the first change that is not kept yet

const xmlOf = async (modeler) => (await modeler.saveXML({ format: true })).xml;
const clock = () => new Date().toLocaleTimeString('nl-NL', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Amsterdam' }).replace(':', '.'); // as every page does

// What is not kept yet, for when the browser closes or the network is away.
const copy = {
  key: (frame) => `loket:concept:${frame.dataset.src}`,
  read(frame) {
    try { return JSON.parse(localStorage.getItem(this.key(frame))); } catch { return null; }
  },
  write(frame, xml, version) {
    try { localStorage.setItem(this.key(frame), JSON.stringify({ xml, version, at: Date.now() })); } catch { /* full or forbidden: the server has it in a moment */ }
  },
  drop(frame) {
    try { localStorage.removeItem(this.key(frame)); } catch { /* there is none */ }
  },
};

// A form that is really sent, because what answers is a page: two drawings beside each other, or a new draft.
function send(action, fields) {
  const form = Object.assign(document.createElement('form'), { method: 'post', action, hidden: true });
  for (const [name, value] of Object.entries({ csrf_token: token(), ...fields })) {
    const field = document.createElement('textarea');
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function notice(frame) {
  const place = document.createElement('div');
  frame.querySelector('[data-notice]').append(place);
  return {
    clear: () => place.replaceChildren(),
    show(title, text, choices = []) {
      const box = Object.assign(document.createElement('div'), { className: 'loket-editor__notice' });
      box.append(Object.assign(document.createElement('strong'), { textContent: title }), Object.assign(document.createElement('p'), { textContent: text }));
      for (const [label, act] of choices) {
        const button = Object.assign(document.createElement('button'), { type: 'button', className: 'utrecht-button utrecht-button--secondary-action loket-button', textContent: label });
        button.addEventListener('click', act);
        box.append(button, ' ');
      }
      place.replaceChildren(box);
    },
  };
}

// Who or what begins each process, as the page says it when it opens.
function tellBegins(begins) {
  document.querySelector('[data-begins]')?.replaceChildren(...begins.map(([name, told]) => {
    const line = Object.assign(document.createElement('p'), { className: 'loket-note' });
    line.append(Object.assign(document.createElement('strong'), { textContent: `Hoe ${name} begint.` }), ` ${told.join(' ')}`);
    return line;
  }));
}

// `mayLose` asks whether the owner accepts what the editor cannot save of the file: nothing is kept before that.
export function keepSaved(modeler, frame, findings, mayLose) {
  const status = frame.querySelector('[data-status]');
  const told = notice(frame);
  const state = { version: Number(frame.dataset.version), since: 0, timer: 0, busy: false, stopped: false, changed: false, allowed: false };
  const sent = new Set([frame.opened, ...(frame.left ? [frame.left.xml] : [])]);
  const say = (text, kind = 'ok') => { status.textContent = text; status.dataset.kind = kind; };

  // Was it ourselves? What we sent may have been kept while the answer got lost, as when somebody leaves the page and comes back;
  // it may even have been kept between reading the page and reading the file, and then it is what was opened here.
  async function overtaken(theirs) {
    const now = await fetchDiagram(frame.dataset.src).catch(() => null);
    if (sent.has(now)) {
      Object.assign(state, { version: theirs.version, changed: true });
      plan();
      return;
    }
    state.stopped = true;
    say('Niet bewaard: iemand anders was u voor', 'error');
    told.show('Iemand anders was u voor', `${theirs.saved_by} bewaarde dit concept op ${theirs.saved_at}, terwijl u tekende. Er is niets overschreven: uw tekening staat nog op dit scherm.`, [
      ['Vergelijken en kiezen', async () => send(frame.dataset.merge, { xml: await xmlOf(modeler) })],
    ]);
  }

  function gone() {
    state.stopped = true;
    say('Niet bewaard: dit concept is er niet meer', 'error');
    told.show('Dit concept is er niet meer', 'Iemand anders heeft het in gebruik genomen of weggegooid. Uw tekening staat nog op dit scherm.', [
      ['Bewaren als nieuw concept', async () => send(frame.dataset.another, { xml: await xmlOf(modeler) })],
    ]);
  }

  function later(text, kind = 'warning') {
    say(text, kind);
    state.changed = true;
    clearTimeout(state.timer);
    state.timer = setTimeout(keep, AGAIN);
  }

  const outcomes = {
    200: (answer) => {
      state.version = answer.version;
      findings.set('check', answer.findings);
      tellBegins(answer.begins);
      sent.clear();
      told.clear();
      frame.dispatchEvent(new CustomEvent('loket:saved'));
      if (state.changed) return;
      copy.drop(frame);
      remembered = '';
      say(`Bewaard om ${clock()}`);
    },
    404: gone,
    409: overtaken,
    413: () => later('Niet bewaard: het diagram is groter dan 1 MB', 'error'),
    422: (answer) => {
      findings.set('check', answer.findings);
      later('Niet bewaard: zie de controle', 'error');
    },
  };

  // The drawing as it is now, written once for each change: in a big one that takes a while.
  let written = null;
  const drawing = () => { written ??= xmlOf(modeler); return written; };

  // Written once for each drawing and version: of a big one this takes a while too.
  let remembered = '';
  function remember(xml) {
    if (!state.allowed) return;
    const what = `${state.version} ${xml}`;
    if (what !== remembered) copy.write(frame, xml, state.version);
    remembered = what;
  }

  async function keep() {
    if (state.stopped) return;
    if (!state.allowed) ask();
    if (state.busy || !state.allowed) {
      state.since ||= Date.now(); // once more, right after this
      return;
    }
    Object.assign(state, { busy: true, changed: false, since: 0 });
    clearTimeout(state.timer);
    say('Bewaren…', 'busy');
    try {
      const xml = await drawing();
      remember(xml);
      sent.add(xml);
      const answer = await post(`${frame.dataset.save}?versie=${state.version}`, xml);
      if (isOurs(answer) && outcomes[answer.status]) await outcomes[answer.status](await answer.json());
      else later(notKept(answer), answer.type === 'opaqueredirect' ? 'error' : 'warning');
    } catch {
      later('Geen verbinding. Uw werk staat nog in deze browser');
    } finally {
      state.busy = false;
      if (state.since && !state.stopped) plan(); // somebody drew on meanwhile
    }
  }

  function plan(pause = SOON) {
    const now = Date.now();
    state.since ||= now;
    clearTimeout(state.timer);
    state.timer = setTimeout(keep, Math.max(0, Math.min(pause, state.since + LATEST - now)));
  }

  let checking;
  async function checkOnly(xml) {
    const answer = await post(frame.dataset.check, xml).catch(() => null);
    if (answer?.ok) findings.set('check', (await answer.json()).findings);
  }

  modeler.on('commandStack.changed', () => {
    state.changed = true;
    written = null;
    drawing().then(remember);
    if (state.stopped) {
      clearTimeout(checking);
      checking = setTimeout(async () => checkOnly(await drawing()), SOON);
      return;
    }
    say('Nog niet bewaard', 'busy');
    plan();
  });
  // The panel waits until somebody stops typing before it changes anything: until then nothing of it is kept.
  frame.querySelector('[data-panel]')?.addEventListener('input', () => {
    if (state.stopped) return;
    state.changed = true;
    say('Nog niet bewaard', 'busy');
    plan(TYPED);
  });
  addEventListener('beforeunload', (event) => { if (state.changed || state.busy) event.preventDefault(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden && state.changed) keep(); });
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      keep();
    }
  });
  frame.querySelector('[data-do="save"]')?.addEventListener('click', keep);

  // Whoever closes the question decided nothing: it comes back with the next change, and with Ctrl+S.
  const undecided = notice(frame);
  function decided(yes) {
    if (yes === null) {
      clearTimeout(state.timer);
      state.since = 0;
      undecided.show('Er wordt nog niets bewaard', 'De editor kan niet alles uit dit bestand bewaren. Bekijken kan wel. Wijzigt u iets, dan vragen wij het opnieuw.', [['Bekijken wat zou verdwijnen', ask]]);
      return;
    }
    undecided.clear();
    state.allowed = yes;
    if (yes && (state.since || state.changed)) plan(); // somebody drew meanwhile
    if (yes) return;
    Object.assign(state, { stopped: true, changed: false });
    location.assign(frame.dataset.show);
  }
  let asking = null;
  function ask() {
    asking ??= mayLose().then(decided).catch(() => say('Niet bewaard: het diagram kan niet geschreven worden', 'error')).finally(() => { asking = null; });
    return asking;
  }

  const found = frame.left;
  if (keepSaved.isRestored(frame)) {
    told.show('Uw laatste wijzigingen zijn teruggezet', 'Zij waren nog niet op de server bewaard toen u de vorige keer wegging.');
    state.changed = true;
    plan();
  } else if (found) {
    told.show('In deze browser staat nog een tekening van u', 'Die is niet bewaard, want iemand anders was u voor.', [
      ['Vergelijken en kiezen', () => send(frame.dataset.merge, { xml: found.xml })],
      ['Weggooien', () => { copy.drop(frame); told.clear(); }],
    ]);
  }
  ask().then(() => { if (state.allowed && !found && frame.dataset.checked === undefined) checkOnly(frame.opened); });
}

// Opens what the server has; or what this browser still had of that same version.
keepSaved.isRestored = ({ left, dataset }) => left?.version === Number(dataset.version);
keepSaved.open = async (modeler, frame, xml) => {
  if (new URLSearchParams(location.search).has('opnieuw')) copy.drop(frame);
  const left = copy.read(frame);
  const mine = left && left.xml !== xml ? left : null;
  if (left && !mine) copy.drop(frame);
  Object.assign(frame, { left: mine, opened: xml });
  const isSame = keepSaved.isRestored(frame);
  try {
    await modeler.importXML(freePrefixes(isSame ? mine.xml : xml));
  } catch (error) {
    if (!isSame) throw error;
    frame.left = null;
    await modeler.importXML(freePrefixes(xml));
  }
};
