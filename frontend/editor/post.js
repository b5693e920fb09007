// Sends something of an editor to the server, as the page that it stands in.
export const AGAIN = 5000; // milliseconds until what the server did not take is sent again

export const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

export const post = (address, body, type = 'application/xml') => fetch(address, {
  method: 'POST', body, credentials: 'same-origin', redirect: 'manual',
  headers: { ...(body instanceof FormData ? {} : { 'Content-Type': type }), Accept: 'application/json', 'X-CSRFToken': token() },
});

export const isOurs = (answer) => answer.headers.get('Content-Type')?.includes('json');

// Of an answer that says nothing of what was sent: the server is busy or away, or there is no login any more.
export const notKept = ({ type }) => (type === 'opaqueredirect' ? 'Niet bewaard: u bent uitgelogd. Log in een ander tabblad in' : 'Niet bewaard op de server. Wij proberen het opnieuw');
