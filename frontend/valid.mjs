// Whether element templates are what the modeler of Camunda 7 opens: loket templates export | node valid.mjs
import { validate } from '@bpmn-io/element-templates-validator';
import fs from 'node:fs';

const wrong = JSON.parse(fs.readFileSync(0, 'utf8')).map((template) => [template.id, validate(template)]).filter(([, { valid }]) => !valid);
wrong.forEach(([id, { errors }]) => console.error(id, errors.map(({ message }) => message).join('; ')));
process.exitCode = wrong.length ? 1 : 0;
