import type { InterceptorNext, MethodDefinition, Observer, ServerCall } from "@tightwire/core";
import {
  type Clock,
  DEFAULT_IDLE_TIMEOUT_MS,
  errorConstructors,
  type Random,
  type Report,
  type ScopeRunner,
} from "@tightwire/core/runtime";
import type { MethodLimits } from "./method-limits.js";
import type { OpenStreams } from "./open-streams.js";

/**
 * A handler without its message types. They are erased here and nowhere else on the server side;
 * the codecs make the messages, so what the contract's types promise still holds.
 */
export type Handler = (request: unknown, call: ServerCall) => unknown;

/** A method of a server: all that stays the same from call to call, computed once. */
export interface ServedMethod {
  readonly definition: MethodDefinition;
  readonly handler: Handler;
  /**
   * The handler inside its interceptors; undefined when there are none, so that they cost nothing.
   */
  readonly chain: InterceptorNext | undefined;
  /** The server's own limit on calls, from their start; `Infinity` for none. */
  readonly maxDurationMs: number;
  /** The largest request message of the method; `Infinity` when only the server's limit holds. */
  readonly maxRequestBytes: number;
  /** Whether responses are checked against the rules of their contract. */
  readonly validateResponses: boolean;
  /** Makes the errors that the contract declares for the method. */
  readonly errors: ServerCall["errors"];
  /** How long a stream may be without a message either way. `Infinity` for unary calls. */
  readonly idleTimeoutMs: number;
  readonly observer: Observer | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Runs a handler inside the scope of its call. */
  readonly runInScope: ScopeRunner;
  /** The server's streaming calls in flight. */
  readonly streams: OpenStreams;
  /** Hears what user code throws that must not change a call. */
  readonly report: Report;
  /** Whether the observer writes unexpected errors to a log; otherwise they are reported. */
  readonly logsFailures: boolean;
}

/** What all methods of a server have in common. */
export type SharedParts = Pick<
  ServedMethod,
  | "observer"
  | "streams"
  | "runInScope"
  | "clock"
  | "random"
  | "report"
  | "logsFailures"
  | "validateResponses"
>;

/** Computes a {@link ServedMethod}. */
export function serveMethod(
  definition: MethodDefinition,
  handler: Handler,
  chain: InterceptorNext | undefined,
  { maxDurationMs, maxRequestBytes }: Required<MethodLimits>,
  parts: SharedParts,
): ServedMethod {
  const unary = definition.kind === "unary";
  const { policy } = definition;
  return {
    definition,
    handler,
    chain,
    maxDurationMs,
    errors: errorConstructors(definition.errors ?? {}),
    maxRequestBytes,
    idleTimeoutMs: unary
      ? Number.POSITIVE_INFINITY
      : (policy.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS),
    ...parts,
  };
}

/** A handler as the step inside the interceptors. */
export function innermostStep(handler: Handler): InterceptorNext {
  // On the server the intercepted call and the handler's call are the same object.
  return async (call) => ({ response: await handler(call.request, call as unknown as ServerCall) });
}
