/**
 * What servers, clients, transports and observers are built from: the transport seam and the parts
 * around it. Users of services need `@tightwire/core` only.
 */
export { checkArgument, checkMethods, checkOption, describe } from "./argument.js";
export { composeInterceptors, responseOf } from "./call.js";
export { CALLER_CANCELLED, DEADLINE_PASSED, SHUTTING_DOWN } from "./call-statuses.js";
export type {
  CallHandle,
  ClientTransport,
  Connection,
  ConnectionInfo,
  ConnectionState,
  ConnectOptions,
  Endpoint,
  OutgoingCall,
  ResponseSink,
  StreamHandle,
  UnarySink,
} from "./client-transport.js";
export type { Clock, Expiring, OffloadedWork, Timer } from "./clock.js";
export { localCompletion, RESPONDED_OK } from "./completion.js";
export type { Report, ReportedFailure } from "./containment.js";
export { catchRejection, contain, createReport } from "./containment.js";
export type { CallScope } from "./context.js";
export { currentScope } from "./context.js";
export type { Deadline } from "./deadline.js";
export {
  deadlineAfter,
  formatTimeout,
  hopReserveMs,
  malformedTimeout,
  parseTimeout,
  timeLeftMs,
} from "./deadline.js";
export { declarationOf, errorConstructors } from "./declared-error.js";
export { encodeStatusDetails } from "./detail.js";
export { DETAILS_KEY } from "./error.js";
export { giveBack } from "./give-back.js";
export { IdleTimer } from "./idle-timer.js";
export type {
  ActedLimits,
  ConnectionReport,
  HeldBytes,
  LimitActed,
  LimitsReport,
} from "./limits-report.js";
export { checkLogger } from "./logger.js";
export { MessageQueue } from "./message-queue.js";
export { isBinaryKey } from "./metadata.js";
export { checkCount, checkTime, checkWait, timerMs } from "./number-option.js";
export { checkObservers, combineObservers } from "./observer.js";
export { certificateIdentity } from "./peer.js";
export { DEFAULT_IDLE_TIMEOUT_MS, DEFAULT_TIMEOUT_MS } from "./policy.js";
export type { Random } from "./random.js";
export { systemRandom } from "./random.js";
export { MarkedValues, redactorFor } from "./redaction.js";
export type { ScopeRunner } from "./scope-runner.js";
export { createScopeRunner } from "./scope-runner.js";
export { reportFault, SERVER_FAULT, tellCancelled } from "./server-fault.js";
export type {
  Acceptor,
  FinalStatus,
  IncomingCall,
  IncomingSink,
  Listener,
  OpenedCall,
  ServerTransport,
} from "./server-transport.js";
export type { Status } from "./status.js";
export { StatusNumber, statusName, statusNumber } from "./status.js";
export { checkSystem, SYSTEM } from "./system.js";
export { systemClock } from "./system-clock.js";
export type { Borrowed, Capabilities, Completion } from "./transport.js";
export { refuseUnknownOptions } from "./unknown-options.js";
export type { ValidationResult } from "./validation/validate.js";
export { validate } from "./validation/validate.js";
export { violationError, violationText } from "./validation/violation-error.js";
