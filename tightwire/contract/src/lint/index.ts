/**
 * What only generation and lint need, apart because it loads an analyser of regular expressions.
 */
export { findUnsafePatterns } from "../validation/unsafe-patterns.js";
