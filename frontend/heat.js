// Figures on the diagram: data-heat is {element: {measure: [words, level 0-5]}}; a switch outside the frame chooses the measure.

const LEVELS = [1, 2, 3, 4, 5];

export function heat(diagram, figures, measure) {
  const canvas = diagram.get('canvas');
  const overlays = diagram.get('overlays');
  overlays.remove({ type: 'loket-heat' });
  for (const [id, measures] of Object.entries(figures)) {
    const element = diagram.get('elementRegistry').get(id);
    if (!element) continue;
    LEVELS.forEach((level) => canvas.removeMarker(id, `loket-heat-${level}`));
    const [words, level] = measures[measure] ?? ['', 0];
    if (!level) continue;
    canvas.addMarker(id, `loket-heat-${level}`);
    const flag = Object.assign(document.createElement('div'), { className: 'loket-flag loket-flag--heat', textContent: words });
    overlays.add(id, 'loket-heat', { position: { top: -4, left: element.width / 2 }, html: flag });
  }
}

export function heatSwitch(diagram, frame) {
  if (!frame.dataset.heat) return;
  const figures = JSON.parse(frame.dataset.heat);
  const choices = document.querySelector('[data-heat-switch]');
  const show = () => heat(diagram, figures, choices?.querySelector('input:checked')?.value ?? 'aantal');
  if (choices) choices.hidden = false;
  choices?.addEventListener('change', show);
  show();
}
