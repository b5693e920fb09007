// Which texts of the bundled editor have no Dutch yet: node strings.mjs. Prints them as JSON and fails when there are any.
import { build } from 'esbuild';
import fs from 'node:fs';
import { dmnPlugins, editorPlugins } from './build.mjs';
import { WORDS as DECISION_WORDS } from './decisions/words.js';

// Words of expression languages and names of standards: the same in every language, or never shown by our editor.
const NEVER = new Set(['BPMN', 'CMMN', 'context', 'every', 'false', 'for', 'function', 'if', 'null', 'set a', 'some', 'true', ' + shift + ', 'FEEL', 'Java', 'PMML',
  'Unique', 'First', 'Priority', 'Collect', 'Collect (Sum)', 'Collect (Min)', 'Collect (Max)', 'Collect (Count)', 'Rule order', 'Output order']); // POLICIES stand in their place
// What we wrote ourselves is Dutch already.
const ownIn = (folders) => folders.flatMap((folder) => fs.readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => fs.readFileSync(`${folder}/${name}`, 'utf8'))).join('');
const [EDITOR_OWN, DECISIONS_OWN] = [ownIn(['.', 'editor']), ownIn(['.', 'editor', 'decisions'])];
const EDITOR_WORDS = JSON.parse(fs.readFileSync('editor/dutch.json', 'utf8'));
const WORDS = { 'modeler.js': [editorPlugins, EDITOR_WORDS, EDITOR_OWN, 100], 'panel.js': [editorPlugins, EDITOR_WORDS, EDITOR_OWN, 200], 'dmn.js': [dmnPlugins, DECISION_WORDS, DECISIONS_OWN, 150] };
const literal = String.raw`("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`;

// Read from the bundle itself, so that what no page can show is not asked for.
async function untranslated(entry) {
  const [plugins, dutch, own, least] = WORDS[entry];
  const { outputFiles: [{ text }] } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', charset: 'utf8', plugins, logLevel: 'error', outdir: '.' });
  const found = new Set();
  const add = (pattern) => [...text.matchAll(pattern)].forEach(([, string]) => found.add(Function(`return ${string}`)()));
  add(new RegExp(String.raw`translate\w*\(\s*${literal}`, 'g'));
  const either = new RegExp(String.raw`translate\w*\([^;\n]*?\?\s*${literal}\s*:\s*${literal}`, 'g');
  [...text.matchAll(either)].forEach(([, ...both]) => both.forEach((string) => found.add(Function(`return ${string}`)())));
  add(new RegExp(String.raw`\b(?:label|title|description|placeholder|searchPlaceholder):\s*${literal}`, 'g'));
  if (found.size < least) throw new Error(`only ${found.size} texts found in ${entry}: look again at how they are looked for`);
  return [...found].filter((each) => /[A-Za-z]{2}/.test(each) && !NEVER.has(each) && !own.includes(`'${each}'`) && !(each in dutch));
}

const left = [...new Set((await Promise.all(Object.keys(WORDS).map(untranslated))).flat())].sort();
console.log(JSON.stringify(left, null, 1));
process.exitCode = left.length ? 1 : 0;
