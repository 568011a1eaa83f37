export { findBrokenRoutes } from "./broken-routes.js";
export type { HttpBinding } from "./http-binding.js";
export { readHttpRules } from "./http-binding.js";
export type { PathSegment, PathTemplate, PathVariable } from "./path-template.js";
export { parsePathTemplate, pathShape } from "./path-template.js";
export type { RouteFault, Routes } from "./read-routes.js";
export { readRoutes, readRoutesOf } from "./read-routes.js";
export type { Route, RouteVariable } from "./route.js";
export { findField, hasOwnJson } from "./route.js";
