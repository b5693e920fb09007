// The editor in Dutch: our own table, because none exists. What is not in it stays English and is remembered, for the tests.
import words from './dutch.json';

// The same words are written "User task" here and "User Task" there.
const plain = (text) => text.toLowerCase().replace(/[()]/g, '').replaceAll('-', ' ');
const alike = new Map(Object.entries(words).map(([text, dutch]) => [plain(text), dutch]));

export const missing = new Set();

export function translated(text, replacements = {}) {
  const found = words[text] ?? alike.get(plain(text));
  if (found === undefined && /[a-z]{2}/i.test(text)) missing.add(text);
  return (found ?? text).replace(/{([^}]+)}/g, (whole, name) => (name in replacements ? words[replacements[name]] ?? replacements[name] : whole));
}

export const dutch = { translate: ['value', (text, replacements) => translated(text, replacements)] };
