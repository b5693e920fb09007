// Figures on the diagram that lead to a list: data-live names an element of the page whose data-badges is a list of
// {id, mark, text, told, href}. Whoever replaces that element (htmx) sees the figures drawn anew.

const MARKS = ['token', 'incident'];

export function live(diagram, frame) {
  const { live: id } = frame.dataset;
  if (!id) return;
  const canvas = diagram.get('canvas');
  const overlays = diagram.get('overlays');
  const registry = diagram.get('elementRegistry');

  const draw = () => {
    const badges = JSON.parse(document.getElementById(id)?.dataset.badges ?? '[]');
    const focused = frame.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    overlays.remove({ type: 'loket-live' });
    registry.forEach(({ id: each }) => MARKS.forEach((mark) => canvas.removeMarker(each, `loket-${mark}`)));
    for (const badge of badges) {
      const element = registry.get(badge.id);
      if (!element) continue;
      canvas.addMarker(badge.id, `loket-${badge.mark}`);
      const link = Object.assign(document.createElement('a'), { className: `loket-flag loket-flag--${badge.mark}`, href: badge.href, textContent: badge.text, title: badge.told });
      link.setAttribute('aria-label', badge.told);
      overlays.add(badge.id, 'loket-live', { position: { top: 0, left: badge.mark === 'token' ? 12 : element.width - 12 }, html: link });
      if (badge.href === focused) link.focus();
    }
  };
  draw();
  document.addEventListener('htmx:load', draw);
}
