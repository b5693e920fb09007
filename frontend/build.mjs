// Makes app/static from the sources here: tokens and components of NL Design System, our own CSS, the scripts, the fonts.
// The same sources give the same bytes. Usage: npm ci && node build.mjs
import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { FIXED } from './decisions/words.js';

const OUT = path.resolve(process.env.OUT ?? '../app/static');
const THEME = 'node_modules/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css';
const COMPONENTS = [
  'root', 'document', 'page-footer', 'skip-link', 'heading-1', 'heading-2', 'heading-3', 'link', 'button',
  'form-field', 'form-label', 'form-field-description', 'form-field-error-message',
  'textbox', 'textarea', 'select', 'checkbox', 'radio-button', 'table', 'status-badge', 'breadcrumb-nav',
];
const OWN = ['theme', 'text', 'frame', 'forms', 'parts', 'lists', 'start', 'insight', 'deploy', 'contrast'];
const WEIGHTS = ['400', '600', '700'];

const component = (name) => `node_modules/@utrecht/${name}-css/dist/index.css`;
const read = (file) => fs.readFileSync(file, 'utf8');

// Of the 2,800 tokens of the theme, keep those that the chosen CSS uses, directly or through another token.
function usedTokens() {
  const css = [...COMPONENTS.map(component), ...OWN.map((name) => `css/${name}.css`)].map(read).join('\n');
  const defined = new Map([...read(THEME).matchAll(/^\s+(--[\w-]+):\s*([^;]+);/gm)].map((m) => [m[1], m[2]]));
  const needed = new Set();
  const walk = (text) => {
    for (const [, name] of text.matchAll(/var\(\s*(--[\w-]+)/g)) {
      if (needed.has(name)) continue;
      needed.add(name);
      if (defined.has(name)) walk(defined.get(name));
    }
  };
  walk(css);
  return [...defined].filter(([name]) => needed.has(name));
}

// Components stand in a layer below our own CSS, so that ours wins without fights over specificity.
function entryOfPortalCss() {
  const fonts = WEIGHTS.flatMap((w) => [`latin-ext-${w}`, `latin-${w}`]).map((f) => `@import "@fontsource/source-sans-3/${f}.css";`);
  const components = COMPONENTS.map((name) => `@import "@utrecht/${name}-css/dist/index.css" layer(utrecht);`);
  return [...fonts, '@import "loket:tokens" layer(utrecht);', ...components, ...OWN.map((name) => `@import "./css/${name}.css";`)].join('\n');
}

const tokens = {
  name: 'tokens',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^loket:tokens$/ }, () => ({ path: 'tokens', namespace: 'loket' }));
    esbuild.onLoad({ filter: /.*/, namespace: 'loket' }, () => ({
      contents: `.loket-theme{${usedTokens().map(([name, value]) => `${name}:${value}`).join(';')}}`, loader: 'css',
    }));
  },
};

// Fonts as woff2 alone (every browser that we support reads it), and with the ranges of each file, so that latin-ext is
// fetched only by a page with a name like Yılmaz.
const RANGES = {
  'latin-ext': 'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF',
  latin: 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
};
const fonts = {
  name: 'fonts',
  setup(esbuild) {
    esbuild.onLoad({ filter: /(source-sans-3.*|bpmn|dmn)\.css$/ }, ({ path: file }) => ({
      contents: read(file).replace(/src:[^;]*?url\(['"]?([^'")]+\.woff2)[^;}]*/g, 'src: url($1) format("woff2")').replace(/src: url\('[^']+\.eot[^;]*;/g, '')
        .replace(/}\s*$/, (end) => { const range = RANGES[/(latin-ext|latin)-\d+\.css$/.exec(file)?.[1]]; return range ? `unicode-range:${range}}` : end; }),
      loader: 'css',
    }));
  },
};

// Gives a class what an injector asks of it within the class, in place of a statement after it: such a statement makes that the class
// is kept when nobody uses it. Half of the templates and the panel of bpmn.io are for Camunda 8.
const unusedGoes = (source) => [...source.matchAll(/^([\w$]+)\.\$inject = (\[[^\]]*\]);$/gm)].reduce((text, [statement, name, given]) => {
  const head = new RegExp(`^(class|let) ${name.replaceAll('$', '\\$')}( = class [\\w$]+)?( extends [\\w$]+)? \\{`, 'm');
  return head.test(text) ? text.replace(`\n${statement}`, '').replace(head, (found) => `${found} static $inject = ${given};`) : text;
}, source);

const templates = {
  name: 'templates',
  setup(esbuild) {
    esbuild.onLoad({ filter: /bpmn-js-element-templates.dist.(index|core)\.esm\.js$/ }, ({ path: file }) => ({ contents: unusedGoes(read(file)), loader: 'js' }));
  },
};

// Style attributes in the mark-up of bpmn.io, which our Content-Security-Policy refuses: those of icons become attributes of SVG,
// that of the properties panel stands in css/modeler.css.
const noInlineStyle = {
  name: 'no-inline-style',
  setup(esbuild) {
    esbuild.onLoad({ filter: /(ElementsIcons|bpmn-js-properties-panel.dist.index\.esm)\.js$/ }, ({ path: file }) => {
      const contents = read(file).replaceAll(/<div style="(height: 100%|flex: none; height: auto)" /g, '<div ')
        .replace(/(<(?:rect|line|polyline) [^>]*?)style="([^"]+)"/g, (_, head, style) => head + style.replace(/([\w-]+):([^;]+);?/g, '$1="$2" ').trim());
      if (contents === read(file) || /<\w+ [^>]*style="/.test(contents)) throw new Error(`look again at the inline styles of ${file}`);
      return { contents: unusedGoes(contents), loader: 'js' };
    });
  },
};

// In dmn-js: HTML with styles in it goes through our own domify.
const quiet = {
  name: 'quiet',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^domify$/ }, () => ({ path: path.resolve('quiet_domify.js') }));
  },
};

// Texts of dmn-js that it does not have translated.
const spoken = {
  name: 'spoken',
  setup(esbuild) {
    const left = new Set(Object.keys(FIXED));
    esbuild.onLoad({ filter: /(dmn-js-[a-z-]+|table-js).lib.*\.js$/ }, ({ path: file }) => {
      const contents = read(file).replace(/(createTextVNode\(|return |"aria-label": |"title": )(["'])([^"'\n]+)\2/g, (whole, before, quote, text) => {
        if (!Object.hasOwn(FIXED, text)) return whole;
        left.delete(text);
        return before + quote + FIXED[text] + quote;
      });
      return { contents, loader: 'js' };
    });
    esbuild.onEnd(() => { if (left.size) throw new Error(`not found in dmn-js: ${[...left].join(', ')}`); });
  },
};

// The editor of FEEL: faults are told by our server, and its styles are adopted by the page, which our Content-Security-Policy allows.
const feel = {
  name: 'feel',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^@bpmn-io\/feel-lint$/ }, () => ({ path: path.resolve('feel_check.js') }));
    esbuild.onLoad({ filter: /style-mod\.js$/ }, ({ path: file }) => {
      const contents = read(file).replace('!root.head && root.adoptedStyleSheets', 'root.adoptedStyleSheets');
      if (contents === read(file)) throw new Error(`look again at how ${file} adds styles`);
      return { contents, loader: 'js' };
    });
    esbuild.onLoad({ filter: /feel-editor.dist.index\.js$/ }, ({ path: file }) => {
      const places = [['    closeBrackets(),', '    closeBrackets(), typing,'], [String.raw`context.matchBefore(/\w[\w ]*$/)`, 'typedName(context)']];
      const contents = places.reduce((text, [before, after]) => {
        if (!text.includes(before)) throw new Error(`look again at ${before} in ${file}`);
        return text.replace(before, after);
      }, read(file));
      return { contents: `import { typedName, typing } from ${JSON.stringify(path.resolve('feel_typing.js'))};\n${contents}`, loader: 'js' };
    });
  },
};

// The templates are our own and a test holds them against the schema: the browser need not carry the schemas of every version (0.7 MB),
// nor what compares versions of engines.
const noSchemas = {
  name: 'no-schemas',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^@bpmn-io\/element-templates-validator$/ }, () => ({ path: path.resolve('editor/valid-templates.js') }));
    esbuild.onResolve({ filter: /^@bpmn-io\/semver-compat$/ }, ({ importer }) => (importer.includes('element-templates') ? { path: path.resolve('editor/no_engines.js') } : undefined));
  },
};

// The editor takes what reader.js read the file with.
const readBefore = {
  name: 'read-before',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^bpmn-moddle$/ }, () => ({ path: path.resolve('editor/shared_moddle.js') }));
  },
};

// Reading is a third of what opening a big diagram costs. moddle gives each element a function that returns its type and one for its
// attributes, so that no two elements have a shape in common, which is slow for each later look at them too: plain values here. And
// moddle-xml looks through all properties of a type for each part of the file: each answer is kept.
const changed = (contents, places, file) => places.reduce((text, [before, after]) => {
  if (!text.includes(before)) throw new Error(`look again at ${before} in ${file}`);
  return text.replace(before, after);
}, contents);
const quickReading = {
  name: 'quick-reading',
  setup(esbuild) {
    esbuild.onLoad({ filter: /node_modules.moddle.dist.index\.js$/ }, ({ path: file }) => ({
      contents: changed(read(file), [
        ["props.define(this, '$type', { value: name, enumerable: true });", "Object.defineProperty(this, '$type', { value: name, enumerable: true, configurable: true });"],
        ["props.define(this, '$attrs', { value: {} });", "Object.defineProperty(this, '$attrs', { value: {}, configurable: true });"],
        ["props.define(this, '$parent', { writable: true });", "Object.defineProperty(this, '$parent', { value: undefined, writable: true });"],
      ], file), loader: 'js',
    }));
  },
};
const MEMBERS = `find(descriptor.properties, function(p) {
      return !p.isVirtual && !p.isReference && !p.isAttribute && elementType.hasType(p.type);
    })`;
const KEPT = `const memberOf = new WeakMap();
function memberFor(descriptor, elementType, search) {
  if (!memberOf.has(descriptor)) memberOf.set(descriptor, new Map());
  const known = memberOf.get(descriptor);
  if (!known.has(elementType)) known.set(elementType, search());
  return known.get(elementType);
}
`;

// What somebody wrote in a file stays in it, also when it says what would hold without it: isCollection="false", hitPolicy="UNIQUE".
const xmlOfModdle = {
  name: 'xml-of-moddle',
  setup(esbuild) {
    esbuild.onLoad({ filter: /moddle-xml.dist.index\.js$/ }, ({ path: file }) => {
      const contents = changed(read(file), [['if (value === p.default) {', 'if (value === undefined) {'], [MEMBERS, `memberFor(descriptor, elementType, () => ${MEMBERS})`]], file);
      return { contents: KEPT + contents, loader: 'js' };
    });
  },
};

export const editorPlugins = [noInlineStyle, templates, noSchemas, quickReading, xmlOfModdle, feel];
export const dmnPlugins = [quiet, spoken, feel, xmlOfModdle];

// What a browser is given must carry its licence with it.
function licences() {
  const names = Object.keys(JSON.parse(read('package-lock.json')).packages).filter((name) => name.startsWith('node_modules/'));
  const shipped = names.filter((name) => !/esbuild|-css$|component-library|zeebe/.test(name)).concat(component('button').split('/dist')[0]);
  return shipped.sort().map((folder) => {
    if (!fs.existsSync(folder)) return '';
    const about = JSON.parse(read(`${folder}/package.json`));
    const file = fs.readdirSync(folder).sort().find((name) => /^licen[sc]e/i.test(name));
    return `${about.name} ${about.version}: ${about.license ?? 'see below'}\n\n${file ? read(`${folder}/${file}`).trim() : ''}\n`;
  }).filter(Boolean).join(`\n${'-'.repeat(80)}\n\n`);
}

async function make() {
  fs.rmSync(OUT, { recursive: true, force: true });
  fs.mkdirSync(OUT, { recursive: true });
  const shared = {
    bundle: true, minify: true, outdir: OUT, logLevel: 'warning', legalComments: 'none', target: ['es2022', 'chrome110', 'firefox110', 'safari16.4'],
    assetNames: 'fonts/[name]-[hash]', loader: { '.woff2': 'file' },
  };
  await build({ ...shared, stdin: { contents: entryOfPortalCss(), resolveDir: '.', sourcefile: 'portal.css', loader: 'css' }, outdir: undefined, outfile: `${OUT}/portal.css`, plugins: [tokens, fonts] });
  await build({ ...shared, entryPoints: ['portal.js', 'passkey.js', 'viewer.js', 'reader.js'], format: 'iife', plugins: editorPlugins });
  await build({ ...shared, entryPoints: ['modeler.js'], format: 'iife', plugins: [readBefore, ...editorPlugins] });
  await build({ ...shared, entryPoints: ['panel.js'], format: 'esm', plugins: editorPlugins });
  await build({ ...shared, entryPoints: ['dmn.js'], format: 'iife', plugins: dmnPlugins });
  await build({ ...shared, entryPoints: { tables: 'css/tables.css', diagram: 'css/diagram.css', modeler: 'css/modeler.css' }, plugins: [fonts] });
  fs.copyFileSync('icon.svg', `${OUT}/icon.svg`);
  fs.writeFileSync(`${OUT}/licences.txt`, licences());

  for (const name of fs.readdirSync(OUT).sort()) {
    if (!/\.(css|js)$/.test(name)) continue;
    const bytes = fs.readFileSync(`${OUT}/${name}`);
    console.log(name.padEnd(14), String(bytes.length).padStart(8), 'bytes', String(zlib.gzipSync(bytes, { level: 9 }).length).padStart(7), 'gzipped');
  }
}

if (import.meta.filename === process.argv[1]) await make();
