export type {
  CallOptions,
  ClientInterceptedCall,
  InterceptedCall,
  InterceptedResponse,
  Interceptor,
  InterceptorNext,
  ServerCall,
  ServerInterceptedCall,
} from "./call.js";
export { createCallLog } from "./call-log.js";
export type { ContextKey, ContextValues } from "./context.js";
export { contextKey, detach } from "./context.js";
export type {
  CaughtError,
  ErrorConstructor,
  ErrorConstructors,
  ErrorMatchers,
} from "./declared-error.js";
export { findError, matchError } from "./declared-error.js";
export type {
  Codec,
  ErrorDefinition,
  ErrorDefinitions,
  ErrorDetailDefinition,
  HttpRule,
  Idempotency,
  Lender,
  MethodDefinition,
  MethodKind,
  PartialMessage,
  ServiceDefinition,
} from "./definition.js";
export type { DetailType, ErrorDetail } from "./detail.js";
export { badRequest, detail } from "./detail.js";
export type { RpcErrorOptions } from "./error.js";
export { RpcError } from "./error.js";
export type { ExtraFields, NotInTheContract, RequestStream } from "./exactness.js";
export type { ActedLimits, ConnectionReport, HeldBytes, LimitsReport } from "./limits-report.js";
export type { Logger } from "./logger.js";
export type { MetadataInit, MetadataValue } from "./metadata.js";
export { Metadata } from "./metadata.js";
export type { ErrorCode } from "./misuse-error.js";
export { MisuseError, StartError } from "./misuse-error.js";
export type { CallObserver, ObservedCall, ObservedFinish, Observer } from "./observer.js";
export type { Peer, PeerCertificate } from "./peer.js";
export type {
  AccessPolicy,
  FallbackPolicy,
  HedgePolicy,
  IdempotencyPolicy,
  LimitsPolicy,
  Policy,
  RetryPolicy,
} from "./policy.js";
export type { Outcome, StatusCode } from "./status.js";
export { STATUS_CODES } from "./status.js";
