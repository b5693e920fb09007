// Takes the facts of BPMN, DMN and Camunda's extensions (types, attributes, parts, defaults) from their descriptors: the
// packages bpmn-moddle, dmn-moddle, camunda-bpmn-moddle and camunda-dmn-moddle, all MIT. Usage: npm ci && node schema.mjs
import fs from 'node:fs';
import path from 'node:path';

const OUT = path.resolve(process.env.OUT ?? '../processes/engine/checks/schema');
const SOURCES = {
  bpmn: ['bpmn-moddle/resources/bpmn/json/bpmn.json', 'camunda-bpmn-moddle/resources/camunda.json'],
  dmn: ['dmn-moddle/resources/dmn/json/dmn13.json', 'camunda-dmn-moddle/resources/camunda.json'],
};

const read = (file) => JSON.parse(fs.readFileSync(`node_modules/${file}`, 'utf8'));
const version = (file) => {
  const name = file.split('/')[0];
  return `${name} ${JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}`;
};
const local = (name) => name.split(':').pop();
const lower = (name) => name[0].toLowerCase() + name.slice(1);
const qualified = (prefix) => (name) => (name.includes(':') ? name : `${prefix}:${name}`);

// A part is written by its own name where it is text, a reference, or told to be; else by the name of its type.
const isText = (property) => property.isReference || !property.type || property.type === 'String';
const isNamed = (property) => isText(property) || property.xml;

function facts(type, prefix) {
  const properties = (type.properties ?? []).filter((each) => !each.isVirtual && !each.isBody);
  const attributes = properties.filter((each) => each.isAttr);
  const parts = properties.filter((each) => !each.isAttr && isNamed(each));
  return {
    is: (type.superClass ?? []).filter((name) => name !== 'Element').map(qualified(prefix)),
    ...(type.extends && { extends: type.extends.map(qualified(prefix)) }),
    ...(type.isAbstract && { abstract: true }),
    attributes: Object.fromEntries(attributes.map((each) => [
      local(each.name), each.default === undefined ? null : String(each.default).replace(/^(True|False)$/, lower),
    ])),
    parts: Object.fromEntries(parts.map((each) => [local(each.name), isText(each) ? null : qualified(prefix)(each.type)])),
  };
}

for (const [language, files] of Object.entries(SOURCES)) {
  const types = {};
  for (const file of files) {
    const descriptor = read(file);
    const prefix = file.startsWith('camunda') ? 'camunda' : language;
    for (const type of descriptor.types) types[`${prefix}:${local(type.name)}`] = facts(type, prefix);
  }
  const lines = Object.entries(types).map(([name, each]) => `    ${JSON.stringify(name)}: ${JSON.stringify(each)}`);
  const from = `${files.map(version).join(', ')} (MIT)`;
  fs.writeFileSync(path.join(OUT, `${language}.json`), `{\n  "from": ${JSON.stringify(from)},\n  "types": {\n${lines.join(',\n')}\n  }\n}\n`);
}
