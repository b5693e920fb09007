// What a file says and the editor would not save: parts, attributes, text and comments that are gone after opening and saving.
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
// Two ways to write the same: the name of a type, or the general name that says its type.
const SAME = { formalExpression: 'expression' };

const local = (name) => name.split(':').pop();
const lines = (text) => text.replace(/[^\S\n]*\n/g, '\n').trim(); // a line ends in one way, and space at its end says nothing
const plain = (value) => (NUMBER.test(value) ? String(Number(value)) : lines(value));

function ownText(element) {
  let text = '';
  for (let child = element.firstChild; child; child = child.nextSibling) {
    if (child.nodeType === Node.TEXT_NODE || child.nodeType === Node.CDATA_SECTION_NODE) text += child.data;
  }
  return text.trim();
}

const named = (uri, name) => `${uri} ${SAME[name] ?? name}`;

// A type that the name of the element tells as well: <waypoint xsi:type="dc:Point">, and every expression.
const isTold = (element, value) => element.localName === 'waypoint' || value.endsWith('Expression');

// A file of 500 nodes has some 20,000 facts: only a name with a prefix needs a node to know what it is.
function factOf(element, name, about, place) {
  let [value, called] = [element.getAttribute(name), `null ${SAME[name] ?? name}`];
  if (name.includes(':')) {
    const { namespaceURI, localName } = element.getAttributeNode(name);
    if (namespaceURI === XMLNS) return null;
    if (namespaceURI === XSI && localName === 'type') {
      if (isTold(element, value)) return null;
      value = local(value);
    }
    called = named(namespaceURI, localName);
  } else if (name === 'xmlns') return null;
  return { kind: 'attribute', element, place, name, value, key: `${about}${called}\n${plain(value)}` };
}

// Each fact has a key, in which the place, the element and the value stand: the same key is the same fact. `place`: the element with
// an id that it stands in.
function addFacts(facts, element, outer) {
  const id = element.getAttribute('id');
  const place = id === null ? outer : element;
  const about = `${id ?? outer.getAttribute('id')}\n${named(element.namespaceURI, element.localName)}\n`;
  facts.push({ kind: 'part', element, place, value: '', key: about });
  for (const name of element.getAttributeNames()) {
    const fact = factOf(element, name, about, place);
    if (fact) facts.push(fact);
  }
  const text = element.firstChild ? ownText(element) : '';
  if (text) facts.push({ kind: 'text', element, place, value: text, key: `${about}\n${plain(text)}` });
  for (let child = element.firstElementChild; child; child = child.nextElementSibling) addFacts(facts, child, place);
  return facts;
}

const parsed = (xml) => new DOMParser().parseFromString(xml, 'application/xml');
const everything = ({ documentElement }) => addFacts([], documentElement, documentElement);

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
  const told = gone.filter(({ kind, element }) => !isInside(kind === 'part' ? element.parentElement : element)).map(({ kind, element, place, name, value }) => (
    { kind, isWhole: place === element, place: { id: place.getAttribute('id'), name: place.getAttribute('name') }, tag: element.tagName, name, value }
  ));
  return [...told, ...comments(old).map((value) => ({ kind: 'comment', place: {}, tag: '', value }))];
}
