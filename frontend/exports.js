// The diagram as a file: SVG as the modeler draws it, PNG and PDF from that picture. All of it happens in the browser.
const SCALE = 3; // so that it can be printed
const LARGEST = 12000; // pixels on a side: more, and browsers give up
const ROOM = 20;

export function save(content, type, name) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Colours that follow the page become the light ones: a picture goes on paper.
export async function svgOf(diagram) {
  const { svg } = await diagram.saveSVG();
  return svg.replace(/var\(--[\w-]+,\s*([^)]+)\)/g, '$1');
}

async function canvasOf(svg) {
  const picture = new Image();
  await new Promise((done, failed) => {
    Object.assign(picture, { onload: done, onerror: failed });
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  });
  const scale = Math.min(SCALE, LARGEST / (picture.width + 2 * ROOM), LARGEST / (picture.height + 2 * ROOM));
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil((picture.width + 2 * ROOM) * scale);
  canvas.height = Math.ceil((picture.height + 2 * ROOM) * scale);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(scale, scale);
  pen.drawImage(picture, ROOM, ROOM);
  return canvas;
}

const blobOf = (canvas, type, quality) => new Promise((done) => { canvas.toBlob(done, type, quality); });

// One page with one picture on it, A4 or A3 lying down, whichever is readable. A PDF is numbered objects and a table of where they begin.
async function pdfOf(canvas, title) {
  const image = new Uint8Array(await (await blobOf(canvas, 'image/jpeg', 0.92)).arrayBuffer());
  const [width, height] = canvas.width > 6000 ? [1190.55, 841.89] : [841.89, 595.28];
  const scale = Math.min((width - 56) / canvas.width, (height - 56) / canvas.height);
  const [w, h] = [canvas.width * scale, canvas.height * scale];
  const drawing = `q ${w.toFixed(2)} 0 0 ${h.toFixed(2)} ${((width - w) / 2).toFixed(2)} ${((height - h) / 2).toFixed(2)} cm /Im0 Do Q`;
  const hex = [...`\ufeff${title}`].flatMap((c) => [...Array(c.length).keys()].map((i) => c.charCodeAt(i).toString(16).padStart(4, '0'))).join('');
  const objects = [
    ['<< /Type /Catalog /Pages 2 0 R /Lang (nl) >>'], ['<< /Type /Pages /Kids [3 0 R] /Count 1 >>'],
    [`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> >> >>`],
    [`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`],
    [`<< /Type /XObject /Subtype /Image /Width ${canvas.width} /Height ${canvas.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${image.length} >>\nstream\n`, image, '\nendstream'],
    [`<< /Title <${hex}> >>`],
  ];
  const encoder = new TextEncoder();
  const parts = [];
  const starts = [];
  let at = 0;
  const add = (part) => { const bytes = typeof part === 'string' ? encoder.encode(part) : part; parts.push(bytes); at += bytes.length; };
  add('%PDF-1.4\n');
  objects.forEach((object, number) => { starts.push(at); add(`${number + 1} 0 obj\n`); object.forEach(add); add('\nendobj\n'); });
  const table = at;
  add(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')}`);
  add(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  return new Blob(parts, { type: 'application/pdf' });
}

const makers = {
  bpmn: async (diagram) => (await diagram.saveXML({ format: true })).xml,
  svg: (diagram) => svgOf(diagram),
  png: async (diagram) => blobOf(await canvasOf(await svgOf(diagram)), 'image/png'),
  pdf: async (diagram, name) => pdfOf(await canvasOf(await svgOf(diagram)), name),
};
const TYPES = { bpmn: 'application/xml', svg: 'image/svg+xml', png: 'image/png', pdf: 'application/pdf' };

// Buttons with data-export="svg" inside [data-exports="name of the file"], shown once there is a diagram.
export function readyExports(root, diagram) {
  root.querySelectorAll('[data-exports]').forEach((row) => {
    row.hidden = false;
    row.querySelectorAll('[data-export]').forEach((button) => button.addEventListener('click', async () => {
      const kind = button.dataset.export;
      save(await makers[kind](diagram, row.dataset.exports), TYPES[kind], `${row.dataset.exports}.${kind}`);
    }));
  });
}
