// In the place of the editor for FEEL: cells are written in Loket's own small language, as plain text.
export default class FeelEditor {}
export const EditorView = {};
export const DmnVariableResolverModule = {};
