// Makes the small forms beside the editors of dmn-js.
let fields = 0;

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// A field with its label above it.
export function labelled(text, field, hint = '') {
  const id = `dmn-veld-${fields += 1}`;
  field.id = id;
  const parts = [make('label', { className: 'utrecht-form-label loket-label', htmlFor: id, textContent: text })];
  if (hint) {
    field.setAttribute('aria-describedby', `${id}-hint`);
    parts.push(make('p', { className: 'utrecht-form-field-description loket-hint', id: `${id}-hint`, textContent: hint }));
  }
  return make('div', { className: 'loket-dmn__field' }, ...parts, field);
}

export const textField = (properties = {}) => make('input', { type: 'text', className: 'utrecht-textbox utrecht-textbox--html-input loket-input', autocomplete: 'off', ...properties });
export const choice = () => make('select', { className: 'utrecht-select utrecht-select--html-select loket-input' });
export const button = (text, act) => {
  const made = make('button', { type: 'button', className: 'utrecht-button utrecht-button--secondary-action loket-button', textContent: text });
  made.addEventListener('click', act);
  return made;
};

// The same options as before keep what was chosen.
export function fill(select, options) {
  const { value } = select;
  select.replaceChildren(...options.map(([id, text]) => make('option', { value: id, textContent: text })));
  if (options.some(([id]) => id === value)) select.value = value;
}
