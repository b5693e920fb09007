// What bpmnlint sees in the drawing itself, in Dutch and beside the rules of the deployment; it never keeps anybody from deploying.
import Linter from 'bpmnlint/lib/linter';
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver';
import noBpmndi from 'bpmnlint/rules/no-bpmndi';
import noDuplicates from 'bpmnlint/rules/no-duplicate-sequence-flows';
import noOverlapping from 'bpmnlint/rules/no-overlapping-elements';
import superfluousGateway from 'bpmnlint/rules/superfluous-gateway';
import superfluousTermination from 'bpmnlint/rules/superfluous-termination';

const RULES = {
  'no-bpmndi': [noBpmndi, 'staat niet in de tekening. Teken het opnieuw, of haal het weg.'],
  'no-duplicate-sequence-flows': [noDuplicates, 'loopt twee keer van en naar hetzelfde onderdeel. Haal er één weg.'],
  'no-overlapping-elements': [noOverlapping, 'ligt over een ander onderdeel heen. Schuif ze uit elkaar.'],
  'superfluous-gateway': [superfluousGateway, 'heeft maar één weg erin en één eruit. Deze poort kan weg.'],
  'superfluous-termination': [superfluousTermination, 'stopt alles, maar er loopt verder niets. Een gewoon einde is genoeg.'],
};
const PAUSE = 400; // milliseconds

const config = { rules: Object.fromEntries(Object.keys(RULES).map((name) => [name, 'warn'])) };
const cache = Object.fromEntries(Object.entries(RULES).map(([name, [rule]]) => [`rule:bpmnlint/${name}`, rule]));

export function lintIn(modeler, findings) {
  const nameOf = (id) => modeler.get('elementRegistry').get(id)?.businessObject.name;
  const look = async () => {
    // A new one each time: some rules remember what they saw.
    const found = await new Linter({ config, resolver: new StaticResolver(cache) }).lint(modeler.getDefinitions());
    const told = ([rule, reports]) => (RULES[rule] ? reports.map(({ id, name }) => ({
      rule, severity: 'warning', element: id, name: name ?? nameOf(id) ?? null, message: `"${name || nameOf(id) || id}" ${RULES[rule][1]}`,
    })) : []);
    findings.set('lint', Object.entries(found).flatMap(told));
  };
  let pause;
  modeler.on('commandStack.changed', () => { clearTimeout(pause); pause = setTimeout(look, PAUSE); });
  look();
}
