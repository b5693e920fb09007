// The buttons above the canvas: [data-do="undo"] and so on. What cannot be done now says so, and stays reachable.
const KEYS = { undo: 'Ctrl+Z', redo: 'Ctrl+Y', in: 'Ctrl++', out: 'Ctrl+-' };

export function toolbar(frame, modeler, refit) {
  const stack = modeler.get('commandStack');
  const button = (name) => frame.querySelector(`[data-do="${name}"]`);
  const acts = {
    undo: () => stack.canUndo() && stack.undo(),
    redo: () => stack.canRedo() && stack.redo(),
    in: () => modeler.get('zoomScroll').stepZoom(1),
    out: () => modeler.get('zoomScroll').stepZoom(-1),
    fit: refit,
    map: () => modeler.get('minimap').toggle(),
    find: () => modeler.get('searchPad').toggle(),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen()),
  };
  for (const [name, act] of Object.entries(acts)) {
    button(name)?.addEventListener('click', act);
    if (KEYS[name]) button(name)?.setAttribute('aria-keyshortcuts', KEYS[name].replace('Ctrl', 'Control'));
  }
  const tell = () => {
    button('undo')?.setAttribute('aria-disabled', String(!stack.canUndo()));
    button('redo')?.setAttribute('aria-disabled', String(!stack.canRedo()));
  };
  modeler.on('commandStack.changed', tell);
  // A result that was clicked leaves the focus on the page around the canvas, where Delete and the letters do nothing.
  modeler.on('searchPad.selected', () => modeler.get('canvas').focus());
  modeler.on('minimap.toggle', ({ open }) => button('map')?.setAttribute('aria-pressed', String(open)));
  document.addEventListener('fullscreenchange', () => {
    button('full')?.setAttribute('aria-pressed', String(document.fullscreenElement === frame));
    setTimeout(refit, 100);
  });
  tell();
}
