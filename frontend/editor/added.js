// In the properties panel: what is added to a list stands open, with the cursor in its first field. The panel of bpmn.io (3.55) opens it only
// when nothing was typed or ticked just before.
const LIST = '.bio-properties-panel-group';
const ITEM = '.bio-properties-panel-collapsible-entry';

export function openAdded(panel) {
  let watching;
  panel.addEventListener('click', ({ target }) => {
    const list = target.closest('.bio-properties-panel-add-entry')?.closest(LIST);
    if (!list) return;
    const before = new Set(list.querySelectorAll(ITEM));
    const top = scrollY;
    watching?.disconnect();
    watching = new MutationObserver(() => {
      const made = [...list.querySelectorAll(ITEM)].find((each) => !before.has(each));
      if (!made) return;
      watching.disconnect();
      if (!made.classList.contains('open')) made.querySelector(`${ITEM}-header`).click();
      requestAnimationFrame(() => {
        made.querySelector('.bio-properties-panel-input')?.focus({ preventScroll: true });
        scrollTo({ top, behavior: 'instant' }); // the panel had brought the item to the top of the window
        made.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      });
    });
    watching.observe(list, { childList: true, subtree: true });
  }, true);
}
