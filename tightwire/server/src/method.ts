import type {
  Interceptor,
  InterceptorNext,
  MethodDefinition,
  Observer,
  ServerCall,
} from "@tightwire/core";
import {
  type Clock,
  composeInterceptors,
  DEFAULT_IDLE_TIMEOUT_MS,
  DEFAULT_TIMEOUT_MS,
  type Random,
} from "@tightwire/core/runtime";
import type { StreamCall } from "./stream.js";

/**
 * A handler with its message types erased: here and nowhere else on this side. What the contract's
 * types promised holds, as the codecs made the messages.
 */
export type Handler = (request: unknown, call: ServerCall) => unknown;

/**
 * One method as it is served: everything about it that does not change from call to call, worked
 * out once.
 */
export interface ServedMethod {
  readonly definition: MethodDefinition;
  readonly handler: Handler;
  /**
   * The handler inside its interceptors; undefined when there are none, so that they cost nothing.
   */
  readonly chain: InterceptorNext | undefined;
  /**
   * The server's own cap on unary calls, from their start; twice the contract's timeout. `Infinity`
   * for streams.
   */
  readonly maxDurationMs: number;
  /** Streams: how long without a message either way. */
  readonly idleTimeoutMs: number;
  readonly observer: Observer | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** The streams in flight of this server, to be told when it drains. */
  readonly streams: Set<StreamCall>;
}

/** Works out a {@link ServedMethod}. */
export function serveMethod(
  definition: MethodDefinition,
  handler: Handler,
  interceptors: readonly Interceptor[],
  parts: Pick<ServedMethod, "observer" | "streams" | "clock" | "random">,
): ServedMethod {
  const unary = definition.kind === "unary";
  return {
    definition,
    handler,
    chain:
      interceptors.length === 0 ? undefined : composeInterceptors(interceptors, innermost(handler)),
    maxDurationMs: unary
      ? 2 * (definition.policy.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      : Number.POSITIVE_INFINITY,
    idleTimeoutMs: unary
      ? Number.POSITIVE_INFINITY
      : (definition.policy.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS),
    ...parts,
  };
}

function innermost(handler: Handler): InterceptorNext {
  // On the server the intercepted call is the handler's call: one object a call.
  return async (call) => ({ response: await handler(call.request, call as unknown as ServerCall) });
}
