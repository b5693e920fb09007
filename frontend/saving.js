// A form with data-saves saves by itself: what changed is sent after a pause, when a part of the form is left, and when the page is
// hidden. The button of the form does the same without any of this, and shows what differs when a colleague was first.

const PAUSE = 2500; // ms after the last key
const AGAIN = 10_000; // ms after no answer
const nameOf = (box) => box.name.replace(/-\d+-.*$/, ''); // of a table: the table
const UNSENT = new Set(['csrf_token', 'submission_id', 'based_on', 'next']);
const TROUBLE = {
  401: 'Niet opgeslagen: u bent uitgelogd. Wat u typte, staat er nog. Druk op Opslaan: na het inloggen staat het er weer.',
  403: 'Niet opgeslagen: u mag deze activiteit niet meer wijzigen.',
  404: 'Niet opgeslagen: deze activiteit is er niet meer.',
  410: 'Niet opgeslagen: deze activiteit is er niet meer.',
  429: 'Nog niet opgeslagen. Wij proberen het zo opnieuw.',
};
const NO_ANSWER = 'Nog niet opgeslagen: er is geen verbinding. Wij proberen het zo opnieuw.';

export function savesByItself(form) {
  const changed = new Set();
  let [sending, stopped, waiting, pause, place, button] = [false, false, false, null, null, null];

  const sectionOf = (name) => form.querySelector(`[name="${name}"], [name^="${name}-"]`)?.closest('section');
  const tell = (sections, text) => {
    for (const section of new Set(sections)) { const line = section?.querySelector('[data-saved]'); if (line) line.textContent = text; }
  };
  const later = (time) => { clearTimeout(pause); pause = setTimeout(save, time); };

  function showErrors(sent, errors) {
    for (const name of sent) {
      const box = form.querySelector(`#${CSS.escape(name)}`);
      form.querySelector(`#${CSS.escape(name)}-niet`)?.remove();
      if (!errors[name] || !box) continue;
      const told = Object.assign(document.createElement('p'), { id: `${name}-niet`, className: 'utrecht-form-field-error-message loket-error' });
      told.textContent = `Niet opgeslagen. ${errors[name]}`;
      box.before(told);
    }
  }

  function took(sent, { version, page, saves, missing, errors = {}, text, waits }) {
    if (waits) { sent.forEach((name) => changed.add(name)); waiting = true; return; } // for a title
    showErrors(sent, errors);
    if (page) { form.setAttribute('action', page); form.dataset.saves = saves; form.elements.based_on.value = version; }
    const box = document.querySelector('[data-missing]');
    if (box && missing) box.innerHTML = missing;
    const unsaved = [...changed].map(sectionOf); // typed on meanwhile
    if (text) tell(sent.filter((name) => !errors[name]).map(sectionOf).filter((each) => !unsaved.includes(each)), text);
  }

  async function answered(sent, response) {
    const isJson = response.headers.get('Content-Type')?.includes('json');
    if (isJson && (response.ok || response.status === 422)) {
      const told = await response.json();
      took(sent, told);
      if (response.status === 422) sent.filter((name) => !told.errors[name]).forEach((name) => changed.add(name)); // nothing of it was saved
      return;
    }
    sent.forEach((name) => changed.add(name));
    if (response.status === 429 || response.status >= 500) { tell(sent.map(sectionOf), TROUBLE[429]); later(AGAIN); return; }
    stopped = true; // the button shows what is the matter
    tell([...sent.map(sectionOf), place], isJson ? (await response.json()).text : TROUBLE[response.status] ?? 'Niet opgeslagen. Druk op Opslaan.');
  }

  async function save() {
    clearTimeout(pause);
    if (sending || stopped || waiting || !changed.size) return;
    const sent = [...changed];
    const body = new FormData(form);
    sent.forEach((name) => body.append('deel', name));
    changed.clear();
    sending = true;
    const headers = { 'If-Match': `"${form.elements.based_on.value}"`, 'HX-Request': 'true' };
    try {
      await answered(sent, await fetch(form.dataset.saves, { method: 'POST', body, headers, keepalive: document.hidden }));
    } catch {
      sent.forEach((name) => changed.add(name));
      tell(sent.map(sectionOf), NO_ANSWER);
      later(AGAIN);
    }
    sending = false;
    if (button) { form.requestSubmit(button); return; }
    if (changed.size && !stopped) later(PAUSE);
  }

  const note = ({ target }) => {
    if (!target.name || UNSENT.has(target.name)) return;
    changed.add(nameOf(target));
    waiting = false;
    place = target.closest('section') ?? place;
    tell([place], '');
    later(PAUSE);
  };
  form.addEventListener('input', note);
  form.addEventListener('change', note);
  form.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (target.closest('section') !== relatedTarget?.closest?.('section')) save();
  });
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(); });
  form.addEventListener('submit', (event) => {
    clearTimeout(pause);
    stopped = true;
    if (!sending || button) return;
    event.preventDefault(); // first the version of what is being saved
    button = event.submitter;
  });
}
