// Draws what a file does not draw: decisions above what they require (DMN 1.5, 6.2.1), each level in a row.
import { is } from 'dmn-js-shared/lib/util/ModelUtil';

const [WIDE, HIGH] = [230, 150]; // from one shape to the next, in pixels
const [LEFT, TOP] = [160, 150]; // clear of the palette and the name of the file
const REQUIREMENTS = ['informationRequirement', 'knowledgeRequirement', 'authorityRequirement'];
const ENDS = ['requiredDecision', 'requiredInput', 'requiredKnowledge', 'requiredAuthority'];

const requirementsOf = (element) => REQUIREMENTS.flatMap((name) => element.get?.(name) ?? []);
const hrefOf = (requirement) => ENDS.map((name) => requirement[name]?.href).find(Boolean);

// Each requirement with both its ends; those that lead outside the file are left out.
function edgesOf(elements) {
  const byId = new Map(elements.map((each) => [`#${each.id}`, each]));
  return elements.flatMap((target) => requirementsOf(target).map((requirement) => ({ requirement, source: byId.get(hrefOf(requirement)), target })).filter(({ source }) => source));
}

// How many levels stand below each element; a circle is cut where it closes.
function levels(elements, edges) {
  const found = new Map();
  const levelOf = (element, path) => {
    if (found.has(element)) return found.get(element);
    const below = edges.filter(({ target, source }) => target === element && !path.has(source)).map(({ source }) => levelOf(source, new Set([...path, source])));
    found.set(element, below.length ? Math.max(...below) + 1 : 0);
    return found.get(element);
  };
  elements.forEach((each) => levelOf(each, new Set([each])));
  return found;
}

// Rows from the top down; who is required stands below who requires it, as far as there is room.
function rowsOf(elements, edges) {
  const level = levels(elements, edges);
  const rows = Array.from({ length: Math.max(0, ...level.values()) + 1 }, () => []).map((_, at, all) => elements.filter((each) => level.get(each) === all.length - 1 - at));
  const place = new Map();
  return rows.map((row) => {
    const mean = (element) => {
      const above = edges.filter(({ source }) => source === element).map(({ target }) => place.get(target)).filter((each) => each !== undefined);
      return above.length ? above.reduce((sum, each) => sum + each, 0) / above.length : row.indexOf(element);
    };
    const sorted = [...row].sort((one, other) => mean(one) - mean(other));
    sorted.forEach((each, at) => place.set(each, at - (sorted.length - 1) / 2));
    return sorted;
  });
}

class Layout {
  constructor(drdFactory, elementFactory, drdUpdater, eventBus) {
    Object.assign(this, { drdFactory, elementFactory, drdUpdater });
    eventBus.on('import.start', ({ definitions }) => this.draw(definitions));
  }

  // Adds shapes and lines to the first diagram for what no diagram of the file shows.
  draw(definitions) {
    const elements = [...definitions.get('drgElement')].filter((each) => each.id && !is(each, 'dmn:DecisionService'));
    const diagrams = definitions.dmnDI?.get('diagrams') ?? [];
    const shown = new Map(diagrams.flatMap((each) => each.get('diagramElements')).map((di) => [di.dmnElementRef, di]));
    const absent = elements.filter((each) => !shown.has(each));
    const edges = edgesOf(elements).filter(({ requirement }) => !shown.has(requirement));
    if (!absent.length && !edges.length) return;
    const diagram = this.diagramOf(definitions);
    const lowest = Math.max(0, ...[...shown.values()].map(({ bounds }) => (bounds ? bounds.y + bounds.height : 0)));
    const bounds = new Map([...shown].map(([element, di]) => [element, di.bounds]));
    this.shapes(absent, edges, lowest ? lowest + TOP / 2 : TOP).forEach(([element, given]) => { bounds.set(element, given); this.add(diagram, this.drdFactory.createDiShape(element, given)); });
    edges.filter(({ source, target }) => bounds.get(source) && bounds.get(target)).forEach(({ requirement, source, target }) => {
      this.add(diagram, this.drdFactory.createDiEdge(requirement, line(bounds.get(source), bounds.get(target))));
    });
  }

  diagramOf(definitions) {
    if (!definitions.dmnDI) definitions.set('dmnDI', this.drdFactory.create('dmndi:DMNDI'));
    const [known] = definitions.dmnDI.get('diagrams');
    if (known) return known;
    const made = this.drdFactory.create('dmndi:DMNDiagram');
    definitions.dmnDI.set('diagrams', [made]);
    return made;
  }

  shapes(elements, edges, top) {
    const rows = rowsOf(elements, edges.filter(({ source, target }) => elements.includes(source) && elements.includes(target)));
    const widest = Math.max(...rows.map(({ length }) => length), 0);
    return rows.flatMap((row, down) => row.map((element, at) => {
      const { width, height } = this.elementFactory._getDefaultSize(element);
      const middle = LEFT + WIDE * (at + 0.5 + (widest - row.length) / 2);
      return [element, { x: Math.round(middle - width / 2), y: top + down * HIGH + Math.round((80 - height) / 2), width, height }];
    }));
  }

  add(diagram, di) {
    this.drdUpdater.updateDiParent(di, diagram);
  }
}
Layout.$inject = ['drdFactory', 'elementFactory', 'drdUpdater', 'eventBus'];

// From the top of what is required to the bottom of who requires it; past a level between them it goes straight up first.
function line(from, to) {
  const middle = ({ x, width }) => x + width / 2;
  if (from.y <= to.y) return [{ x: middle(from), y: from.y + from.height }, { x: middle(to), y: to.y }];
  const [begin, end] = [{ x: middle(from), y: from.y }, { x: middle(to), y: to.y + to.height }];
  return begin.y - end.y > HIGH ? [begin, { x: begin.x, y: end.y + HIGH - 80 }, end] : [begin, end];
}

export const layoutModule = { diGenerator: ['type', Layout] }; // in the place of what dmn-js makes: decisions alone, one upon another
