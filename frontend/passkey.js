// Passkeys of a break-glass account (WebAuthn): a form with data-passkey="get" or "create" asks its data-options for the options of
// the browser, and is sent with what the key answered.
const PROBLEMS = {
  NotAllowedError: 'Er is geen sleutel gebruikt. Probeer het nog een keer.',
  InvalidStateError: 'Deze sleutel is al toegevoegd.',
};
const OTHER = 'Deze browser kan de sleutel niet gebruiken. Gebruik uw wachtwoord en code, of een andere browser.';

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.codePointAt(0));
const written = (buffer) => btoa(String.fromCodePoint(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const listed = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

async function optionsOf(form) {
  const answer = await fetch(form.dataset.options, { method: 'POST', headers: { 'X-CSRFToken': form.elements.csrf_token.value } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function made(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: listed(options.excludeCredentials) };
  const { rawId, type, response } = await navigator.credentials.create({ publicKey });
  return { rawId: written(rawId), id: written(rawId), type, response: { clientDataJSON: written(response.clientDataJSON), attestationObject: written(response.attestationObject) } };
}

async function used(options) {
  const { rawId, type, response } = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge) } });
  const { clientDataJSON, authenticatorData, signature } = response;
  return { rawId: written(rawId), id: written(rawId), type, response: { clientDataJSON: written(clientDataJSON), authenticatorData: written(authenticatorData), signature: written(signature) } };
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const told = form.querySelector('[role=alert]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    told.textContent = '';
    try {
      const options = await optionsOf(form);
      const answer = await (form.dataset.passkey === 'create' ? made(options) : used(options));
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      told.textContent = PROBLEMS[error.name] ?? OTHER;
    }
  });
}
