import { setMaxListeners } from "node:events";
import {
  type CallObserver,
  type ContextKey,
  Metadata,
  type MethodDefinition,
  type Peer,
  RpcError,
  type ServerCall,
  type ServerInterceptedCall,
} from "@tightwire/core";
import {
  type Borrowed,
  type CallScope,
  type Expiring,
  type FinalStatus,
  type IncomingCall,
  type IncomingSink,
  MarkedValues,
  redactorFor,
  type Status,
  StatusNumber,
  statusName,
  type Timer,
} from "@tightwire/core/runtime";
import { failureOf } from "./failure.js";
import type { ServedMethod } from "./method.js";

type EndListener = Parameters<ServerInterceptedCall["onFinish"]>[0];

/**
 * One call being answered: what its handler and interceptors see of it, the scope that its outgoing
 * calls inherit, and the reader of its messages. Ends exactly once; after that nothing is sent.
 * Signals, metadata and listeners are made when first asked for, as most calls never do.
 */
export abstract class HandlerCall
  implements ServerCall, ServerInterceptedCall, CallScope, IncomingSink, Expiring
{
  readonly side = "server";
  readonly kind = "accepted";
  readonly deadline: number;
  compress = false;
  request: unknown = undefined;
  cancelledBy: Status | undefined = undefined;

  protected readonly served: ServedMethod;
  protected readonly incoming: IncomingCall;
  protected readonly observer: CallObserver | undefined;
  protected ended = false;
  protected running = false;
  #headersSent = false;
  #headers: Metadata | undefined = undefined;
  #trailers: Metadata | undefined = undefined;
  #controller: AbortController | undefined = undefined;
  #onCancelled: Set<(cause: Status) => void> | undefined = undefined;
  #onEnd: EndListener[] | undefined = undefined;
  #values: Map<ContextKey<never>, unknown> | undefined = undefined;
  #marked: MarkedValues | undefined = undefined;
  readonly #startedAt: number;
  readonly #timer: Timer;

  constructor(incoming: IncomingCall, served: ServedMethod) {
    this.incoming = incoming;
    this.served = served;
    this.#startedAt = served.clock.now();
    this.deadline = Math.min(incoming.deadline, this.#startedAt + served.maxDurationMs);
    this.#timer = served.clock.schedule(this.deadline, this);
    this.observer = served.observer?.started({
      side: "server",
      path: incoming.path,
      method: served.definition,
      peer: incoming.peer.address,
      identity: incoming.peer.identity,
    });
  }

  // ---- what the handler sees ----

  get method(): MethodDefinition {
    return this.served.definition;
  }

  get metadata(): Metadata {
    return this.incoming.metadata;
  }

  get peer(): Peer {
    return this.incoming.peer;
  }

  get timeLeftMs(): number {
    return this.deadline - this.served.clock.now();
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // A handler may give it to as many as it likes; Node takes more than ten listeners for a
      // leak.
      setMaxListeners(0, this.#controller.signal);
      if (this.cancelledBy !== undefined) this.#controller.abort(cancellation(this.cancelledBy));
    }
    return this.#controller.signal;
  }

  abstract get draining(): AbortSignal;

  get headers(): Metadata {
    this.#headers ??= new Metadata();
    return this.#headers;
  }

  get trailers(): Metadata {
    this.#trailers ??= new Metadata();
    return this.#trailers;
  }

  sendHeaders(): void {
    if (this.#headersSent || this.ended) return;
    this.#headersSent = true;
    this.incoming.headers(this.headers, this.compress);
  }

  get<T>(key: ContextKey<T>): T {
    const values = this.#values as Map<ContextKey<T>, T> | undefined;
    return values?.has(key) ? (values.get(key) as T) : key.defaultValue;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values ??= new Map();
    (this.#values as Map<unknown, unknown>).set(key, value);
  }

  onFinish(listener: EndListener): void {
    this.#onEnd ??= [];
    this.#onEnd.push(listener);
  }

  // ---- what its outgoing calls inherit ----

  get hop(): boolean {
    return this.incoming.peer.kind === "network";
  }

  get traceparent(): string | undefined {
    return this.incoming.metadata.get("traceparent");
  }

  get tracestate(): string | undefined {
    return this.incoming.metadata.get("tracestate");
  }

  onCancelled(listener: (cause: Status) => void): void {
    this.#onCancelled ??= new Set();
    this.#onCancelled.add(listener);
  }

  offCancelled(listener: (cause: Status) => void): void {
    this.#onCancelled?.delete(listener);
  }

  // ---- what the transport tells ----

  abstract start(): void;
  abstract message(bytes: Borrowed, compressed?: boolean): void;
  abstract halfClosed(): void;
  abstract drained(): void;

  cancelled(cause: Status): void {
    if (this.ended) return;
    this.over(cause, undefined);
    this.#abort(cause);
  }

  // ---- how it ends ----

  /** The head of a streamed answer, if the handler set any and it was not sent. */
  protected flushHeaders(): void {
    if (this.#headers !== undefined) this.sendHeaders();
  }

  /** Ends the call well, with the one message of a unary answer. */
  protected reply(message: Uint8Array): void {
    if (this.ended) return;
    this.over(OK, this.#trailers);
    this.incoming.respond(
      this.#headersSent ? undefined : this.#headers,
      message,
      this.#trailers,
      this.compress,
    );
  }

  /** Ends the call, with what the handler set as trailers. */
  protected finish(answer: FinalStatus): void {
    if (this.ended) return;
    const trailers = mergeTrailers(this.#trailers, answer.trailers);
    // A failed call without a head is answered by trailers alone, which is shorter and can be
    // retried.
    if (answer.code === StatusNumber.OK) this.flushHeaders();
    this.over(answer, trailers);
    this.incoming.finish({ code: answer.code, message: answer.message, trailers });
  }

  /** Ends the call because of what its handler threw. */
  protected fail(thrown: unknown): void {
    if (this.ended) return;
    const { status: answer, errorId } = failureOf(thrown, this, this.served.random);
    if (errorId !== undefined) this.observer?.failed?.(thrown, errorId, this.#redactor());
    this.finish(answer);
  }

  /** Ends the call for a reason outside its handler, and tells the handler. */
  protected abandon(cause: Status): void {
    if (this.ended) return;
    this.finish({ code: cause.code, message: cause.message, trailers: undefined });
    this.#abort(cause);
  }

  /** The call is over: the one place where that is noted. */
  protected over(end: Status, trailers: Metadata | undefined): void {
    this.ended = true;
    this.#timer.cancel();
    if (!this.running) this.incoming.handlerFinished();
    if (this.observer !== undefined) {
      const text = end.code === StatusNumber.OK ? end.message : this.#redactor()(end.message);
      this.observer.finished({
        code: end.code,
        message: text,
        durationMs: this.served.clock.now() - this.#startedAt,
        origin: "local",
      });
    }
    if (this.#onEnd !== undefined)
      for (const listener of this.#onEnd)
        listener({ code: end.code, message: end.message, trailers });
  }

  /** The deadline has passed: the caller's, or the server's own cap. */
  expire(): void {
    const text =
      this.deadline < this.incoming.deadline
        ? `the server's own limit of ${this.served.maxDurationMs} ms for this method passed`
        : "the deadline of the call passed";
    this.abandon({ code: StatusNumber.DEADLINE_EXCEEDED, message: text });
  }

  /**
   * Keeps what a message's marked fields hold, for errors that quote it; for the messages of a
   * stream.
   */
  protected mark(side: "request" | "response", message: unknown): void {
    const paths = this.served.definition.redacted[side];
    if (paths.length === 0) return;
    this.#marked ??= new MarkedValues();
    this.#marked.add(paths, message);
  }

  #abort(cause: Status): void {
    this.cancelledBy = cause;
    this.#controller?.abort(cancellation(cause));
    if (this.#onCancelled !== undefined)
      for (const listener of [...this.#onCancelled]) listener(cause);
  }

  #redactor(): (text: string) => string {
    return redactorFor(this.served.definition.redacted.request, this.request, this.#marked);
  }
}

const OK: Status = { code: StatusNumber.OK, message: "" };

/** What `signal.reason` and readers of requests get when a call is cancelled. */
export function cancellation(cause: Status): RpcError {
  return new RpcError(statusName(cause.code), cause.message);
}

function mergeTrailers(
  own: Metadata | undefined,
  more: Metadata | undefined,
): Metadata | undefined {
  if (own === undefined || more === undefined) return own ?? more;
  const merged = new Metadata(own);
  for (const [key, value] of more) merged.appendReceived(key, value);
  return merged;
}
