export { commentOf, firstSentence } from "./comments.js";
export type { DeclaredError } from "./errors/declared-error.js";
export { readErrorEnum } from "./errors/error-enum.js";
export type { MethodErrors } from "./errors/read-errors.js";
export { findErrorEnumFaults, readErrors } from "./errors/read-errors.js";
export type { Fault } from "./fault.js";
export { createFault, formatFault } from "./fault.js";
export { fieldName } from "./field-name.js";
export { findField } from "./field-path.js";
export type { IdempotencyLevel } from "./idempotency/idempotency.js";
export { readIdempotency } from "./idempotency/idempotency.js";
export { nameOfMethod, pathOfMethod } from "./method-name.js";
export { hasOwnJson } from "./own-json.js";
export type { Policies } from "./policy/read-policies.js";
export { readPolicies } from "./policy/read-policies.js";
export type {
  ResolvedAccess,
  ResolvedFallback,
  ResolvedHedge,
  ResolvedIdempotency,
  ResolvedLimits,
  ResolvedPolicy,
  ResolvedRetry,
} from "./policy/resolved-policy.js";
export { findBrokenRoutes } from "./routes/broken-routes.js";
export type { HttpBinding } from "./routes/http-binding.js";
export { readHttpRules } from "./routes/http-binding.js";
export type { PathSegment, PathTemplate, PathVariable } from "./routes/path-template.js";
export { parsePathTemplate, pathShape } from "./routes/path-template.js";
export type { Routes } from "./routes/read-routes.js";
export { readRoutes, readRoutesOf } from "./routes/read-routes.js";
export type { Route, RouteVariable } from "./routes/route.js";
export { describeRule } from "./validation/describe-rule.js";
export { mayBeEmpty } from "./validation/empty-formats.js";
export type { FieldGroup, MessageRules } from "./validation/message-rules.js";
export {
  exclusiveFields,
  hasOwnRules,
  hasRules,
  readMessageRules,
} from "./validation/message-rules.js";
export type {
  FieldRules,
  Ignore,
  RangeEnd,
  Rule,
  RuleValue,
  TimeValue,
  ValueRules,
} from "./validation/rule.js";
export type { ValueType } from "./validation/rule-type.js";
export { valueTypeOf, wrappedScalar } from "./validation/rule-type.js";
export { withNested } from "./with-nested.js";
