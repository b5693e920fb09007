// What the editor of FEEL knows: the built-in functions, with one line of Dutch each, and the names that a decision may read.
const asVariable = ({ name, info, type }) => ({ name, info, detail: type || undefined, type: 'variable' });

class Names {
  constructor(variableResolver, given) {
    variableResolver.registerProvider({ getVariables: (known) => [...known, ...given.filter(({ name }) => !known.some((each) => each.name === name))] });
  }
}

export function feelOf({ functions = [], variables = [] }) {
  const names = variables.map(asVariable);
  const builtins = functions.map(({ name, info, parameters }) => ({ name, info, type: 'function', params: parameters.map((each) => ({ name: each })) }));
  class OurNames extends Names {
    constructor(variableResolver) {
      super(variableResolver, names);
    }
  }
  OurNames.$inject = ['variableResolver'];
  return { builtins, module: { __init__: ['loketNames'], loketNames: ['type', OurNames] } };
}
