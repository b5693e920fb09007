// Does something in a moment in which the browser has nothing else to do; `act` gets how long that lasts. Not every browser says it.
const PIECE = 8; // milliseconds, where it does not
const LATEST = 500; // milliseconds

export const idle = globalThis.requestIdleCallback
  ? (act) => requestIdleCallback(act, { timeout: LATEST })
  : (act) => setTimeout(() => { const end = performance.now() + PIECE; act({ timeRemaining: () => end - performance.now() }); });
