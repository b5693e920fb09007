// What the editor would lose of the file that it opened: asked a moment after the drawing stands, about the file as it was before any change.
import { agreesToLose } from '../ask_lost.js';
import { idle } from './idle.js';
import { keepSaved } from './keeping.js';

const BEFORE_ALL = 10000; // priority

// Resolves to whether the owner accepts it; true when nothing would be lost.
export function mayLose(frame, modeler) {
  if (keepSaved.isRestored(frame)) return Promise.resolve(true); // what this browser had kept before was drawn after this question
  let written;
  const write = () => { written ??= modeler.saveXML({ format: true }); return written; };
  modeler.get('eventBus').once('commandStack.preExecute', BEFORE_ALL, () => { write(); });
  return new Promise((answer) => {
    idle(async () => answer(await agreesToLose(frame, frame.opened, (await write()).xml, 'het diagram')));
  });
}
