/**
 * What only generation and lint need, apart because it loads an analyser of regular expressions.
 */
export { findUnsafePatterns } from "../validation/unsafe-patterns.js";
export { lintContract } from "./lint-contract.js";
