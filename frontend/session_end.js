// Warns some minutes before the session ends, in every open tab; what is typed stays on the page. The body says after how many
// minutes without activity it ends (data-idle), and when whatever one does (data-until).
const MINUTE = 60_000;
const WARN = 5; // minutes before the end, or a third of a short session
const LOOK = 10_000;
const USED = 'loket-last-used';
const make = (tag, text) => Object.assign(document.createElement(tag), text === undefined ? {} : { textContent: text });

// Shared by the tabs of this browser; where it may keep nothing, each tab counts by itself. The server counts from when it was
// asked, however late it answers.
let own = Date.now();
function used(moment) {
  own = Math.max(own, moment);
  try { localStorage.setItem(USED, String(lastUsed())); } catch { /* a private window */ }
}
function lastUsed() {
  try { return Math.max(own, Number(localStorage.getItem(USED))); } catch { return own; }
}
function unused() {
  own = 0;
  try { localStorage.removeItem(USED); } catch { /* a private window */ }
}

const clock = (moment) => new Date(moment).toLocaleTimeString('nl-NL', { hour: '2-digit', minute: '2-digit' }).replace(':', '.');

function button(text, kind, press) {
  const made = Object.assign(make('button', text), { type: 'button', className: `utrecht-button utrecht-button--${kind}-action loket-button` });
  made.addEventListener('click', press);
  return made;
}

export function watchSession() {
  const { idle, until } = document.body.dataset;
  if (!idle) return;
  const longest = Date.parse(until);
  const pause = (Number(idle) - 1) * MINUTE; // the server notes a visit to the minute
  const before = Math.min(WARN * MINUTE, pause / 3);
  let dialog;
  let isTold = '';

  const away = () => { dialog?.close(); dialog?.remove(); }; // closing gives the focus back
  const open = (title, text, ...buttons) => {
    away();
    const made = Object.assign(make('dialog'), { className: 'loket-lost' });
    made.setAttribute('role', 'alertdialog');
    const heading = Object.assign(make('h2', title), { id: 'sessie-einde', className: 'utrecht-heading-2' });
    const told = Object.assign(make('p', text), { id: 'sessie-uitleg' });
    made.setAttribute('aria-labelledby', heading.id);
    made.setAttribute('aria-describedby', told.id);
    const row = Object.assign(make('p'), { className: 'loket-buttons' });
    row.append(...buttons);
    made.append(heading, told, row);
    made.addEventListener('close', () => made.remove()); // a frame later, when another may be open by now
    document.body.append(made);
    made.showModal();
    dialog = made;
  };
  const shut = (text = 'Sluiten') => button(text, 'secondary', () => dialog.close());

  const titleAt = (end) => `Om ${clock(end)} uur loggen wij u uit`;
  const offer = (text) => open(titleAt(lastUsed() + pause), text, button('Ingelogd blijven', 'primary', stay));
  const stay = async () => {
    const asked = Date.now();
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    const answer = await fetch('/mijn-sessies/verlengen', { method: 'POST', headers: { 'X-CSRFToken': token }, redirect: 'manual' }).catch(() => undefined);
    if (answer?.ok) used(asked); else if (answer && answer.status !== 429 && answer.status < 500) unused();
    look();
    if (!answer?.ok && isTold === 'idle') offer('Er kwam geen antwoord. Wat u hebt ingevuld, blijft staan. Probeer het opnieuw.');
  };
  const ended = () => {
    const link = Object.assign(make('a', 'Inloggen op een nieuw tabblad'), { href: '/inloggen?afgelopen=True', target: '_blank', className: 'utrecht-link utrecht-link--html-a' });
    open('U bent uitgelogd', 'Wat u hebt ingevuld, staat nog op deze pagina. Log in op een nieuw tabblad. Daarna kunt u het hier versturen.', link, shut());
  };
  const look = () => {
    const now = Date.now();
    const idleEnd = lastUsed() + pause;
    const end = Math.min(idleEnd, longest);
    const left = end - now;
    const state = left <= 0 ? 'ended' : (left <= before && (idleEnd < longest ? 'idle' : 'longest')) || '';
    if (state === isTold) return;
    isTold = state;
    if (state === 'ended') ended();
    else if (state === 'idle') offer('U deed een tijd niets. Wat u hebt ingevuld, blijft staan.');
    else if (state === 'longest') open(titleAt(end), 'Dat doen wij altijd na een aantal uren. Verstuur of bewaar nu wat u hebt ingevuld. Verstuurt u het later? Dan staat het er weer als u opnieuw inlogt.', shut());
    else away();
  };
  const asked = new WeakMap(); // the moment, by request
  used(Date.now());
  document.addEventListener('htmx:beforeSend', ({ detail }) => asked.set(detail.xhr, Date.now()));
  document.addEventListener('htmx:afterRequest', ({ detail }) => { if (detail.successful) used(asked.get(detail.xhr) ?? own); });
  setInterval(look, LOOK);
  document.addEventListener('visibilitychange', look);
}
