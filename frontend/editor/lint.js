// What bpmnlint sees in the drawing itself, in Dutch and beside the rules of the deployment; it never keeps anybody from deploying.
import Linter from 'bpmnlint/lib/linter';
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver';
import noBpmndi from 'bpmnlint/rules/no-bpmndi';
import noDuplicates from 'bpmnlint/rules/no-duplicate-sequence-flows';
import noOverlapping from 'bpmnlint/rules/no-overlapping-elements';
import superfluousGateway from 'bpmnlint/rules/superfluous-gateway';
import superfluousTermination from 'bpmnlint/rules/superfluous-termination';

// By rule: what each of its messages is in Dutch; '' where it repeats what another one tells.
const RULES = {
  'no-bpmndi': [noBpmndi, { 'Element is missing bpmndi': 'staat niet in de tekening. Teken het opnieuw, of haal het weg.' }],
  'no-duplicate-sequence-flows': [noDuplicates, {
    'SequenceFlow is a duplicate': 'loopt tussen dezelfde onderdelen als een andere pijl. Haal er één weg.',
    'Duplicate outgoing sequence flows': '',
    'Duplicate incoming sequence flows': '',
  }],
  'no-overlapping-elements': [noOverlapping, {
    'Element overlaps with other element': 'ligt over een ander onderdeel heen. Schuif ze uit elkaar.',
    'Element is outside of parent boundary': 'ligt buiten het vlak waar het bij hoort. Maak dat vlak groter, of schuif het erin.',
  }],
  'superfluous-gateway': [superfluousGateway, { 'Gateway is superfluous. It only has one source and target.': 'heeft maar één weg erin en één eruit. Deze poort kan weg.' }],
  'superfluous-termination': [superfluousTermination, { 'Termination is superfluous.': 'stopt alles, maar er loopt verder niets. Een gewoon einde is genoeg.' }],
};
const PAUSE = 400; // milliseconds

const config = { rules: Object.fromEntries(Object.keys(RULES).map((name) => [name, 'warn'])) };
const cache = Object.fromEntries(Object.entries(RULES).map(([name, [rule]]) => [`rule:bpmnlint/${name}`, rule]));

export function lintIn(modeler, findings) {
  const drawn = (id) => modeler.get('elementRegistry').get(id)?.businessObject;
  const called = (id, name) => {
    const { sourceRef, targetRef } = drawn(id) ?? {};
    if (!name && sourceRef && targetRef) return `De pijl van "${sourceRef.name || sourceRef.id}" naar "${targetRef.name || targetRef.id}"`;
    return `"${name || id}"`;
  };
  const look = async () => {
    // A new one each time: some rules remember what they saw.
    const found = await new Linter({ config, resolver: new StaticResolver(cache) }).lint(modeler.getDefinitions());
    const told = ([rule, reports]) => reports.flatMap(({ id, name, message }) => {
      const sentence = RULES[rule]?.[1][message];
      const shown = name || drawn(id)?.name || null;
      return sentence ? [{ rule, severity: 'warning', element: id, name: shown, message: `${called(id, shown)} ${sentence}` }] : [];
    });
    findings.set('lint', Object.entries(found).flatMap(told));
  };
  let pause;
  modeler.on('commandStack.changed', () => { clearTimeout(pause); pause = setTimeout(look, PAUSE); });
  look();
}
