// Shows a process diagram in every element with data-diagram: data-src (or data-text, the id of a field with the XML), data-tokens,
// data-incidents, data-done, data-flows, data-heat, data-marks, data-live, data-map-side, data-root. The first diagram of a page is what [data-exports] downloads.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { fetchDiagram, fit, hasSize, idsIn, mark, zoomKeyboard, zoomTools } from './diagrams.js';
import { readyExports } from './exports.js';
import { heatSwitch } from './heat.js';
import { live } from './live.js';
import { mapping } from './mapping.js';
import { showMarks } from './marks.js';
import { markWay, slider } from './past.js';
import { walk } from './walk.js';

// Fits the diagram when it shows and whenever the frame gets another width (a phone that is turned), until somebody moved or zoomed it.
function fitWhileUntouched(viewer, canvas, place) {
  let [width, isFitting, isTouched] = [0, false, false];
  viewer.on('canvas.viewbox.changing', () => { isTouched ||= !isFitting; });
  const fitAnew = () => {
    if (canvas.clientWidth === width || !hasSize(canvas)) return;
    width = canvas.clientWidth;
    if (isTouched) { viewer.get('canvas').resized(); return; }
    isFitting = true;
    fit(viewer, place);
    isFitting = false;
  };
  fitAnew();
  new ResizeObserver(fitAnew).observe(canvas);
}

async function show(frame) {
  const canvas = document.createElement('div');
  canvas.className = 'loket-diagram__canvas';
  try {
    const xml = frame.dataset.text ? document.getElementById(frame.dataset.text).value : await fetchDiagram(frame.dataset.src);
    frame.append(canvas);
    const viewer = new NavigatedViewer({ container: canvas });
    await viewer.importXML(xml);
    frame.querySelector('.loket-diagram__fallback')?.remove();
    const plane = frame.dataset.root && viewer.get('elementRegistry').get(`${frame.dataset.root}_plane`);
    if (plane) viewer.get('canvas').setRootElement(plane); // a subprocess that is drawn collapsed has a plane of its own
    viewer.get('zoomScroll').toggle(false); // the wheel scrolls the page; buttons and keys zoom
    markWay(viewer, { tokens: idsIn(frame.dataset.tokens), passed: idsIn(frame.dataset.done), flows: idsIn(frame.dataset.flows) });
    mark(viewer, idsIn(frame.dataset.incidents), 'incident', 'gestopt');
    const marked = showMarks(viewer, frame);
    const [around] = [...idsIn(frame.dataset.incidents), ...idsIn(frame.dataset.tokens), ...idsIn(frame.dataset.root), ...marked];
    const refit = () => fit(viewer, { smallest: 0 });
    frame.append(zoomTools(viewer, refit));
    fitWhileUntouched(viewer, canvas, { around, ...(frame.closest('[data-compare]') && { smallest: 0.6 }) });
    heatSwitch(viewer, frame);
    live(viewer, frame);
    mapping(viewer, frame);
    slider(viewer, frame);
    walk(viewer, frame, { zoomKey: zoomKeyboard(viewer, refit) });
    if (frame === document.querySelector('[data-diagram]')) readyExports(document, viewer);
    frame.dataset.ready = '';
  } catch (error) {
    canvas.remove();
    frame.querySelector('.loket-diagram__fallback')?.replaceChildren(`Het diagram kan niet getoond worden (${error.message}).`);
  }
}

const start = () => document.querySelectorAll('[data-diagram]').forEach(show);
document.addEventListener('DOMContentLoaded', start);
if (document.readyState === 'complete') start();
