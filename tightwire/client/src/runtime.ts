/**
 * For packages that make calls on behalf of others, such as a gateway. Users of services need
 * `@tightwire/client` only.
 */
export type { StartedCall, UnaryCaller } from "./call/unary-caller.js";
export { unaryCaller } from "./call/unary-caller.js";
