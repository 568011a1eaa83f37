import { catchRejection } from "./containment.js";
import type { ContextValues } from "./context.js";
import type { ErrorConstructors } from "./declared-error.js";
import type { MethodDefinition } from "./definition.js";
import type { Metadata, MetadataInit } from "./metadata.js";
import { MisuseError } from "./misuse-error.js";
import type { Peer } from "./peer.js";
import type { Completion } from "./transport.js";

/**
 * A handler's view of its call. Server side. `Errors` are the declared errors of the method, as
 * generated code lists them.
 */
export interface ServerCall<Errors = unknown> extends ContextValues {
  readonly method: MethodDefinition;
  /**
   * Makes the errors that the method declares, to be thrown: those of other methods are not there.
   * `throw call.errors.outOfStock({ available: 2 }, "only 2 left")`.
   */
  readonly errors: ErrorConstructors<Errors>;
  /** What the caller sent along. Nothing in it is verified. */
  readonly metadata: Metadata;
  /** Whom the connection belongs to. */
  readonly peer: Peer;
  /** Milliseconds until the deadline; `Infinity` when there is none. */
  readonly timeLeftMs: number;
  /**
   * Aborts when the call is cancelled, its deadline passes or its caller is gone; not on its normal
   * end. Made when first read. As with any AbortSignal, an error that a listener throws is an
   * uncaught exception of the process: it is thrown by the platform, and no library can contain it.
   */
  readonly signal: AbortSignal;
  /**
   * Streams: aborts when the server begins to drain, so that the handler can finish by itself. It
   * has until the grace period of the stop has passed; then the call finishes with UNAVAILABLE. A
   * unary call is not told. Made when first read; listeners are called as those of {@link signal}.
   */
  readonly draining: AbortSignal;
  /** Metadata for the head of the response; set it before the first message. */
  readonly headers: Metadata;
  /** Metadata for the end of the response. */
  readonly trailers: Metadata;
  /**
   * Sends the head now instead of with the first message. For streams; does nothing once it was
   * sent.
   */
  sendHeaders(): void;
  /**
   * Whether responses are sent compressed (gzip), where transport and caller can. Read with each
   * message. A stream whose first message was sent uncompressed, before any head, stays
   * uncompressed. Default false.
   */
  compress: boolean;
}

/**
 * What a caller may set for one call. Client side. Every field is optional; precedence is call >
 * channel > contract > default.
 */
export interface CallOptions {
  /**
   * Whole-call deadline in milliseconds from now, `Infinity` for none. Default for unary: the
   * channel's, else the contract's `timeout`, else 10,000; for streams: the contract's, else none.
   */
  readonly timeoutMs?: number;
  /**
   * Streams: how long without a message either way. Default: the contract's `idle_timeout`, else
   * 300,000. `Infinity` for ever.
   */
  readonly idleTimeoutMs?: number;
  /** Aborting it cancels the call on both sides. */
  readonly signal?: AbortSignal;
  readonly metadata?: MetadataInit;
  /**
   * Sends messages compressed (gzip), where the transport can. A function is asked for each
   * message, as it was given to the call; write its parameter's type, the method's request. What it
   * throws fails the call. Default false.
   */
  readonly compress?: boolean | ((message: never) => boolean);
  /** Hears the head of the response. */
  readonly onHeaders?: (headers: Metadata) => void;
  /** Hears the trailers of the response, of failed calls too. */
  readonly onTrailers?: (trailers: Metadata) => void;
  /** Inherits nothing from the call that the code runs in. Default false. */
  readonly detached?: boolean;
}

/** What interceptors see of a call on either side. */
interface InterceptedCallBase extends ContextValues {
  readonly method: MethodDefinition;
  /**
   * The message, or for client and bidirectional streaming an async iterable of them; what `next`
   * passes on.
   */
  request: unknown;
  /** Milliseconds until the deadline; `Infinity` when there is none. */
  readonly timeLeftMs: number;
  /**
   * Calls back once, when the call has finished, for all four kinds. What the listener throws is
   * reported and changes nothing.
   */
  onFinish(listener: (end: Pick<Completion, "code" | "message" | "trailers">) => void): void;
}

/** A call as a client's interceptors see it. */
export interface ClientInterceptedCall extends InterceptedCallBase {
  readonly side: "client";
  /** What will be sent; may be changed before `next`. */
  readonly metadata: Metadata;
}

/** A call as a server's interceptors see it. */
export interface ServerInterceptedCall extends InterceptedCallBase {
  readonly side: "server";
  /** What the caller sent. Nothing in it is verified. */
  readonly metadata: Metadata;
  /** Whom the connection belongs to. */
  readonly peer: Peer;
}

/** A call as interceptors see it; `side` tells which side they run on. */
export type InterceptedCall = ClientInterceptedCall | ServerInterceptedCall;

/**
 * The response of a call: one message, or an async iterable of them for server and bidirectional
 * streaming. An interceptor that looks at the messages of a stream wraps `response`.
 */
export interface InterceptedResponse {
  readonly response: unknown;
}

/** One step of a call. Rejects with an RpcError when the call fails. */
export type InterceptorNext = (call: InterceptedCall) => Promise<InterceptedResponse>;

/**
 * Wraps calls, on either side; the first one listed is the outermost on both. It is called once for
 * each place where it is listed, and what it returns is called for each call. It must return a
 * function: `createServer`, `add` and `createChannel` throw when it does not.
 */
export type Interceptor = (next: InterceptorNext) => InterceptorNext;

/**
 * Folds interceptors around the innermost step. Calls each interceptor once. Throws a
 * {@link MisuseError} when one is not a function or does not return one: skipping it would skip
 * what it checks. `where` names the list in that message: `createServer: interceptors`.
 */
export function composeInterceptors(
  interceptors: readonly Interceptor[],
  innermost: InterceptorNext,
  where: string,
): InterceptorNext {
  return interceptors.reduceRight((next, interceptor, index) => {
    if (typeof interceptor !== "function")
      throw invalidInterceptor(where, index, "be", interceptor);
    const step = interceptor(droppable(next));
    if (typeof step !== "function") throw invalidInterceptor(where, index, "return", step);
    return step;
  }, innermost);
}

/**
 * A step whose promise may be dropped. An interceptor that forgets to await it fails its call in
 * another way; the rejection that nobody hears must not end the process too.
 */
function droppable(next: InterceptorNext): InterceptorNext {
  return (call) => {
    const response = next(call);
    catchRejection(response, () => {});
    return response;
  };
}

function invalidInterceptor(
  where: string,
  index: number,
  verb: "be" | "return",
  value: unknown,
): MisuseError {
  const got = value === null ? "null" : typeof value;
  const forgotten = verb === "return" && value === undefined ? "; is its return missing?" : "";
  return new MisuseError(
    "TW_INVALID_INTERCEPTOR",
    `${where}[${index}] must ${verb} a function (got ${got})${forgotten}; ` +
      "an interceptor is (next) => (call) => next(call)",
  );
}

/**
 * What interceptors resolved with, checked. Throws a {@link MisuseError} when it has no response.
 */
export function responseOf(intercepted: InterceptedResponse): unknown {
  if (typeof intercepted === "object" && intercepted !== null && "response" in intercepted)
    return intercepted.response;
  throw new MisuseError(
    "TW_INVALID_RESPONSE",
    "an interceptor must resolve with what next() resolved with, or with { response } " +
      `(got ${intercepted === null ? "null" : typeof intercepted})`,
  );
}
