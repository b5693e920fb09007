// What the menus do not offer, because the checks refuse it.
const LAST = 100; // priority: after all other providers
const MENUS = ['bpmn-replace', 'bpmn-append', 'bpmn-create'];
const REFUSED_KINDS = /(script-task|complex-gateway)$/;

class OfferedKinds {
  constructor(popupMenu) { MENUS.forEach((menu) => popupMenu.registerProvider(menu, LAST, this)); }

  getPopupMenuEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED_KINDS.test(id)));
  }
}
OfferedKinds.$inject = ['popupMenu'];

export const menusModule = { __init__: ['loketKinds'], loketKinds: ['type', OfferedKinds] };
