// What a file says and the editor would not save: parts, attributes, text and comments that are gone after opening and saving.
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
// Two ways to write the same: the name of a type, or the general name that says its type.
const SAME = { formalExpression: 'expression' };

const placeOf = (element) => (element.hasAttribute('id') ? element : element.closest('[id]') ?? element.ownerDocument.documentElement);
const local = (name) => name.split(':').pop();
const lines = (text) => text.replace(/[^\S\n]*\n/g, '\n').trim(); // a line ends in one way, and space at its end says nothing
const plain = (value) => (NUMBER.test(value) ? String(Number(value)) : lines(value));
const textOf = (element) => (element.firstChild ? ownText(element) : '');
const ownText = (element) => [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE || nodeType === Node.CDATA_SECTION_NODE).map(({ data }) => data).join('').trim();

const named = (node) => `${node.namespaceURI} ${SAME[node.localName] ?? node.localName}`;

// A type that the name of the element tells as well: <waypoint xsi:type="dc:Point">, and every expression.
const isTold = (element, { namespaceURI, localName, value }) => namespaceURI === XSI && localName === 'type' && (element.localName === 'waypoint' || value.endsWith('Expression'));

// Each fact has a key, in which the place, the element and the value stand: the same key is the same fact.
function factsOf(element) {
  const about = `${placeOf(element).getAttribute('id')}\n${named(element)}\n`;
  const facts = [{ kind: 'part', element, value: '', key: about }];
  for (const attribute of element.attributes) {
    if (attribute.namespaceURI === XMLNS || isTold(element, attribute)) continue;
    const value = attribute.namespaceURI === XSI && attribute.localName === 'type' ? local(attribute.value) : attribute.value;
    facts.push({ kind: 'attribute', element, name: attribute.name, value, key: `${about}${named(attribute)}\n${plain(value)}` });
  }
  const text = textOf(element);
  if (text) facts.push({ kind: 'text', element, value: text, key: `${about}\n${plain(text)}` });
  return facts;
}

const parsed = (xml) => new DOMParser().parseFromString(xml, 'application/xml');
const everything = (file) => [...file.querySelectorAll('*')].flatMap(factsOf);

function comments(file) {
  const walker = file.createTreeWalker(file, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode.data.trim());
  return found;
}

// A list of {kind, isWhole, place: {id, name}, tag, name, value}, in the order of the file; what stands inside a lost part is not told apart.
export function lostBetween(before, after) {
  if (before === after) return []; // the editor saved it last
  const [old, now] = [parsed(before), parsed(after)];
  const left = new Map();
  everything(now).forEach(({ key }) => left.set(key, (left.get(key) ?? 0) + 1));
  const gone = everything(old).filter((fact) => {
    const count = left.get(fact.key) ?? 0;
    left.set(fact.key, count - 1);
    return count <= 0;
  });
  const parts = new Set(gone.filter(({ kind }) => kind === 'part').map(({ element }) => element));
  const isInside = (element) => element && (parts.has(element) || isInside(element.parentElement));
  const told = gone.filter(({ kind, element }) => !isInside(kind === 'part' ? element.parentElement : element)).map(({ kind, element, name, value }) => {
    const place = placeOf(element);
    return { kind, isWhole: place === element, place: { id: place.getAttribute('id'), name: place.getAttribute('name') }, tag: element.tagName, name, value };
  });
  return [...told, ...comments(old).map((value) => ({ kind: 'comment', place: {}, tag: '', value }))];
}
