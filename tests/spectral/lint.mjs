// Judges OpenAPI documents: a JSON list of them comes in, a list of findings of each goes out.
import { readFileSync } from 'node:fs';
import core from '@stoplight/spectral-core';
import ruleset from './adr.mjs';

const spectral = new core.Spectral();
spectral.setRuleset(ruleset);
const found = [];
for (const each of JSON.parse(readFileSync(0, 'utf-8'))) {
  const findings = await spectral.run(each);
  found.push(findings.map(({ code, message, path }) => ({ rule: code, message, at: path.join('/') })));
}
process.stdout.write(JSON.stringify(found));
