// What the editor would lose of the file that it opened: asked once all of it is drawn, about the file as it was before any change.
import { agreesToLose } from '../ask_lost.js';
import { idle } from './idle.js';
import { keepSaved } from './keeping.js';

const BEFORE_ALL = 10000; // priority

const moment = () => new Promise((done) => { idle(done); });

// Returns what asks, and resolves to the answer (agreesToLose). `drawn` resolves when all of the drawing stands there.
export function mayLose(frame, modeler, drawn) {
  if (keepSaved.isRestored(frame)) return async () => true; // what this browser had kept before was drawn after this question
  let written;
  const write = () => { written ??= modeler.saveXML({ format: true }); return written; };
  modeler.get('eventBus').once('commandStack.preExecute', BEFORE_ALL, () => { write(); });
  return () => drawn.then(moment).then(write).then(({ xml }) => moment().then(() => agreesToLose(frame, frame.opened, xml, 'het diagram')));
}
