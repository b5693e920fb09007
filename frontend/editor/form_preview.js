// The form of the chosen task, below the drawing: `data-forms` has the address of the forms, [data-form-preview] a frame for one.
import { is } from 'bpmn-js/lib/util/ModelUtil';

export function previewForms(frame, modeler) {
  const place = document.querySelector('[data-form-preview]');
  if (!place || !frame.dataset.forms) return;
  const inner = place.querySelector('iframe');
  const status = frame.querySelector('[data-status]');
  let shown = null;
  const show = () => {
    const chosen = modeler.get('selection').get();
    const task = chosen.length === 1 && is(chosen[0], 'bpmn:UserTask') ? chosen[0] : null;
    const isKept = status.dataset.kind === 'ok';
    // The server has no form of a task that was drawn just now.
    place.hidden = !task || (!isKept && shown !== task.id);
    if (!task || !isKept) return;
    shown = task.id;
    inner.src = `${frame.dataset.forms}/${encodeURIComponent(task.id)}`;
  };
  modeler.on('selection.changed', show);
  // What is shown is what is kept: after each time that it is kept, look again.
  new MutationObserver(() => { if (status.dataset.kind === 'ok') show(); })
    .observe(status, { attributes: true, attributeFilter: ['data-kind'] });
}
