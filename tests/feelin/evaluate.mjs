// Evaluates FEEL with feelin: a list of [expression, context] comes in as JSON, a list of values goes out.
import { readFileSync } from 'node:fs';
import { evaluate } from 'feelin';

const valueOf = ([expression, context]) => {
  try { return evaluate(expression, context).value ?? null; } catch { return null; }
};
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf-8')).map(valueOf)));
