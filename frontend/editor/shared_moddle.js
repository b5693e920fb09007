// In place of bpmn-moddle, in the editor: what reader.js made, and read the file with.
const script = document.querySelector('script[data-reads]');

// What reader.js has; nothing when it could not be had. The page is loaded once each script came or failed.
export async function reader() {
  const isOver = () => script.reader || document.readyState === 'complete';
  if (!isOver()) {
    await new Promise((over) => {
      ['load', 'error'].forEach((name) => script.addEventListener(name, over));
      addEventListener('load', over);
    });
  }
  return script.reader;
}

export function BpmnModdle() { return script.reader.moddle; }
