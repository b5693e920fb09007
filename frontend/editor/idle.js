// Does something in a moment in which the browser has nothing else to do. Not every browser says it.
const LATEST = 500; // milliseconds

export const idle = globalThis.requestIdleCallback ? (act) => requestIdleCallback(act, { timeout: LATEST }) : (act) => setTimeout(act);
