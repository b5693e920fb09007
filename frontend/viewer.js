// Shows a process diagram in every element with data-diagram: data-src, data-tokens, data-incidents, data-done.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { fetchDiagram, fit, idsIn, mark, zoomKeys, zoomTools } from './diagrams.js';

async function show(frame) {
  const canvas = document.createElement('div');
  canvas.className = 'loket-diagram__canvas';
  try {
    const xml = await fetchDiagram(frame.dataset.src);
    frame.append(canvas);
    const viewer = new NavigatedViewer({ container: canvas });
    await viewer.importXML(xml);
    frame.querySelector('.loket-diagram__fallback')?.remove();
    viewer.get('zoomScroll').toggle(false); // the wheel scrolls the page; buttons and keys zoom
    mark(viewer, idsIn(frame.dataset.tokens), 'token', 'hier');
    mark(viewer, idsIn(frame.dataset.incidents), 'incident', 'gestopt');
    idsIn(frame.dataset.done).filter((id) => viewer.get('elementRegistry').get(id)).forEach((id) => viewer.get('canvas').addMarker(id, 'loket-done'));
    const [around] = [...idsIn(frame.dataset.incidents), ...idsIn(frame.dataset.tokens)];
    const refit = () => fit(viewer, { smallest: 0 });
    frame.append(zoomTools(viewer, refit));
    zoomKeys(frame, viewer, refit);
    fit(viewer, { around });
    frame.dataset.ready = '';
  } catch (error) {
    canvas.remove();
    frame.querySelector('.loket-diagram__fallback')?.replaceChildren(`Het diagram kan niet getoond worden (${error.message}).`);
  }
}

const start = () => document.querySelectorAll('[data-diagram]').forEach(show);
document.addEventListener('DOMContentLoaded', start);
if (document.readyState === 'complete') start();
