// In place of @bpmn-io/semver-compat, see build.mjs: our templates say of no engine which version they need, a test says so.
export const getCompatible = () => ({});
export const getCoerced = getCompatible;
export const isSatisfied = () => true;
