/**
 * What only generation and lint need, apart because it loads an analyser of regular expressions.
 */
export type { BreakingChange, BreakingKind } from "../breaking/breaking-change.js";
export { changeFault } from "../breaking/breaking-change.js";
export type { ContractVersion } from "../breaking/find-breaking.js";
export { findBreakingChanges } from "../breaking/find-breaking.js";
export { isWaived } from "../breaking/waivers.js";
export { findUnsafePatterns } from "../validation/unsafe-patterns.js";
export { lintContract } from "./lint-contract.js";
