// Which texts of the bundled editor have no Dutch yet: node strings.mjs. Prints them as JSON and fails when there are any.
import { build } from 'esbuild';
import fs from 'node:fs';
import { editorPlugins } from './build.mjs';

// Words of expression languages and names of standards: the same in every language, or never shown by our editor.
const NEVER = new Set(['BPMN', 'CMMN', 'context', 'every', 'false', 'for', 'function', 'if', 'null', 'set a', 'some', 'true', ' + shift2 + ']);
// What we wrote ourselves is Dutch already.
const own = ['.', 'editor'].flatMap((folder) => fs.readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => fs.readFileSync(`${folder}/${name}`, 'utf8'))).join('');
const dutch = JSON.parse(fs.readFileSync('editor/dutch.json', 'utf8'));

// Read from the bundle itself, so that what no page can show is not asked for.
const { outputFiles: [{ text }] } = await build({ entryPoints: ['modeler.js'], bundle: true, write: false, format: 'iife', charset: 'utf8', plugins: editorPlugins, logLevel: 'error', outdir: '.' });
const found = new Set();
const literal = String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`;
const add = (pattern) => [...text.matchAll(pattern)].forEach(([, string]) => found.add(Function(`return ${string}`)()));
add(new RegExp(String.raw`\btranslate\w*\(\s*${literal}`, 'g'));
const either = new RegExp(String.raw`\btranslate\w*\([^;\n]*?\?\s*${literal}\s*:\s*${literal}`, 'g');
[...text.matchAll(either)].forEach(([, ...both]) => both.forEach((string) => found.add(Function(`return ${string}`)())));
add(new RegExp(String.raw`\b(?:label|title|description|placeholder|searchPlaceholder):\s*${literal}`, 'g'));

const untranslated = [...found].filter((each) => /[A-Za-z]{2}/.test(each) && !NEVER.has(each) && !own.includes(`'${each}'`) && !(each in dutch)).sort();
if (found.size < 300) throw new Error(`only ${found.size} texts found: look again at how they are looked for`);
console.log(JSON.stringify(untranslated, null, 1));
process.exitCode = untranslated.length ? 1 : 0;
