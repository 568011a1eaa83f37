export { tightwirePlugin } from "./plugin.js";
