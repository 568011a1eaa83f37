/**
 * What packages that make calls for others are built from. Users of services need
 * `@tightwire/client` only.
 */
export type { StartedCall, UnaryCaller } from "./unary-caller.js";
export { unaryCaller } from "./unary-caller.js";
