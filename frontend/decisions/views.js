// The editors of dmn-js for one file: requirements, tables, literal expressions and the functions of knowledge models.
import Manager from 'dmn-js/lib/Modeler';
import TableEditor from 'dmn-js-decision-table/lib/Editor';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';
import LiteralEditor from 'dmn-js-literal-expression/lib/Editor';
import { Editor as BoxedEditor } from 'dmn-js-boxed-expression';
import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import { feelOf } from './feel.js';
import { layoutModule } from './layout.js';
import { POLICIES, dutch } from './words.js';

const TYPES = ['string', 'number', 'boolean', 'date', 'time', 'dateTime', 'dayTimeDuration', 'yearMonthDuration', 'Any'];
// With a colour behind each variable, as in the editor of processes.
const COLOURS = { defaultFillColor: 'var(--loket-shape, #ffffff)', defaultStrokeColor: 'var(--loket-stroke, #22242a)', defaultLabelColor: 'var(--loket-stroke, #22242a)' };
const LETTER = { fontFamily: '"Source Sans 3", Arial, sans-serif', fontSize: 15 };
const LEFT_OUT = ['viewDrd', 'expressionLanguage']; // the row of views leads there; there is one language

for (let at = HIT_POLICIES.length - 1; at >= 0; at -= 1) {
  const { hitPolicy, aggregation } = HIT_POLICIES[at].value;
  const [label, explanation] = POLICIES.get([hitPolicy, aggregation].filter(Boolean).join(' ')) ?? [];
  if (label) Object.assign(HIT_POLICIES[at], { label, explanation });
  else HIT_POLICIES.splice(at, 1);
}

const without = (Editor) => class extends Editor {
  getModules() {
    return super.getModules().filter((module) => !(module.__init__ ?? []).some((name) => LEFT_OUT.includes(name)));
  }
};
const EDITORS = { decisionTable: without(TableEditor), literalExpression: without(LiteralEditor), boxedExpression: without(BoxedEditor) };

class Decisions extends Manager {
  _getViewProviders() {
    return super._getViewProviders().map((each) => ({ ...each, constructor: EDITORS[each.id] ?? each.constructor }));
  }
}

export function makeEditor(container, given) {
  const feel = feelOf(given);
  const additionalModules = [{ translate: ['value', dutch] }];
  const options = Object.fromEntries(Object.keys(EDITORS).map((id) => [id, { additionalModules: [...additionalModules, feel.module] }]));
  return new Decisions({
    container, ...options, drd: { additionalModules: [...additionalModules, layoutModule], drdRenderer: COLOURS, textRenderer: { defaultStyle: LETTER } },
    common: { dataTypes: TYPES, feelLanguageContext: { builtins: feel.builtins }, keyboard: { bind: true } },
  });
}

// The view to begin with: the requirements, unless the file holds one decision that requires nothing.
export function firstView(views) {
  const [drd, ...others] = views;
  const [element] = drd.element.get('drgElement');
  const isAlone = drd.element.get('drgElement').length === 1 && is(element, 'dmn:Decision');
  return isAlone && others.length ? others[0] : drd;
}

// Brings the whole diagram into sight; what fits is not made larger than it is.
export function fitRequirements(editor) {
  if (editor.getActiveView()?.type !== 'drd') return;
  const canvas = editor.getActiveViewer().get('canvas');
  if (canvas.viewbox().inner.width) canvas.zoom('fit-viewport', 'auto');
}

// Decisions and knowledge models whose expression dmn-js cannot show; they stay in the file as they are.
export function withoutView(editor) {
  const shown = new Set(editor.getViews().map(({ element }) => element));
  const [drd] = editor.getViews();
  return drd.element.get('drgElement').filter((each) => !shown.has(each) && (each.decisionLogic ?? each.encapsulatedLogic));
}
