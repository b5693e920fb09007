// Figures on the diagram that lead to a list: data-live names an element of the page whose data-badges is a list of
// {id, mark, text, told, href}. Whoever replaces that element (htmx) sees the figures drawn anew.

const MARKED = ['token', 'incident']; // of the others only the figure is shown

function placeOf(mark, { width, height }) {
  if (mark === 'part') return { top: height, left: width / 2 };
  return { top: 0, left: mark === 'token' ? 12 : width - 12 };
}

export function live(diagram, frame) {
  const { live: id } = frame.dataset;
  if (!id) return;
  const canvas = diagram.get('canvas');
  const overlays = diagram.get('overlays');
  const registry = diagram.get('elementRegistry');
  let marked = [];

  const draw = () => {
    const badges = JSON.parse(document.getElementById(id)?.dataset.badges ?? '[]');
    const focused = frame.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    overlays.remove({ type: 'loket-live' });
    marked.forEach(([each, marker]) => canvas.removeMarker(each, marker));
    marked = badges.filter((badge) => registry.get(badge.id) && MARKED.includes(badge.mark)).map((badge) => [badge.id, `loket-${badge.mark}`]);
    marked.forEach(([each, marker]) => canvas.addMarker(each, marker));
    for (const badge of badges) {
      const element = registry.get(badge.id);
      if (!element) continue;
      const link = Object.assign(document.createElement('a'), { className: `loket-flag loket-flag--${badge.mark}`, href: badge.href, textContent: badge.text, title: badge.told });
      link.setAttribute('aria-label', badge.told);
      overlays.add(badge.id, 'loket-live', { position: placeOf(badge.mark, element), html: link });
      if (badge.href === focused) link.focus();
    }
  };
  draw();
  document.addEventListener('htmx:load', draw);
}
