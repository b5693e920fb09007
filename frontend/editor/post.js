// Sends something of the editor to the server, as the page that it stands in.
export const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

export const post = (address, body, type = 'application/xml') => fetch(address, {
  method: 'POST', body, credentials: 'same-origin', redirect: 'manual',
  headers: { 'Content-Type': type, Accept: 'application/json', 'X-CSRFToken': token() },
});
