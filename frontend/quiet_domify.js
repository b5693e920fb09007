// As the package domify, but a style in the HTML becomes one in the element: our Content-Security-Policy refuses the attribute.
export default function domify(html) {
  const template = document.createElement('template');
  template.innerHTML = String(html).trim().replace(/(<[^>]*?\s)style="/g, '$1data-quiet-style="');
  const made = document.importNode(template.content, true);
  made.querySelectorAll('[data-quiet-style]').forEach((element) => {
    element.style.cssText = element.dataset.quietStyle;
    element.removeAttribute('data-quiet-style');
  });
  return made.childNodes.length === 1 ? made.firstChild : made;
}
