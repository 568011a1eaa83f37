import {
  type CallObserver,
  type ContextKey,
  Metadata,
  type MethodDefinition,
  type Peer,
  type ServerCall,
  type ServerInterceptedCall,
} from "@tightwire/core";
import {
  type CallScope,
  DEADLINE_PASSED,
  type Expiring,
  type FinalStatus,
  type IncomingCall,
  MarkedValues,
  redactorFor,
  SHUTTING_DOWN,
  type Status,
  StatusNumber,
  type Timer,
} from "@tightwire/core/runtime";
import type { ServedMethod } from "../method.js";
import type { OpenStream } from "../open-streams.js";
import { OK, ownLimitPassed } from "../statuses.js";
import { cancellation, createController } from "./cancellation.js";
import { failureOf } from "./failure.js";
import { CallListeners, type FinishListener } from "./listeners.js";
import { observeStart } from "./observe.js";
import { mergeTrailers } from "./trailers.js";

/** Hears that its call has finished. */
export interface FinishHook {
  callFinished(status: Status): void;
}

/**
 * One call to a handler: what the handler and the interceptors see of it, and what its outgoing
 * calls inherit. It finishes exactly once; nothing is sent after that. The parts that carry its
 * messages, {@link UnaryCall} and {@link StreamCall}, finish it through `respond`, `finish`, `fail`
 * and `cancel`. Signals, metadata and listeners are made when first read, as most never are.
 */
export class HandlerCall
  implements ServerCall, ServerInterceptedCall, CallScope, Expiring, OpenStream
{
  readonly side = "server";
  readonly incoming: IncomingCall;
  readonly served: ServedMethod;
  readonly observer: CallObserver | undefined;
  readonly deadline: number;
  compress = false;
  request: unknown = undefined;
  cancelledBy: Status | undefined = undefined;
  finished = false;
  /** Set when the handler is called; its caller reports `handlerFinished` from then on. */
  handlerRunning = false;

  readonly #hook: FinishHook | undefined;
  #headersSent = false;
  #headers: Metadata | undefined = undefined;
  #trailers: Metadata | undefined = undefined;
  #cancel: AbortController | undefined = undefined;
  #drain: AbortController | undefined = undefined;
  #draining = false;
  #listeners: CallListeners | undefined = undefined;
  #values: Map<ContextKey<never>, unknown> | undefined = undefined;
  #marked: MarkedValues | undefined = undefined;
  readonly #startedAt: number;
  readonly #timer: Timer;

  constructor(incoming: IncomingCall, served: ServedMethod, hook: FinishHook | undefined) {
    this.incoming = incoming;
    this.served = served;
    this.#hook = hook;
    this.#startedAt = incoming.receivedAt ?? served.clock.now();
    this.deadline = Math.min(incoming.deadline, this.#startedAt + served.maxDurationMs);
    this.#timer = served.clock.schedule(this.deadline, this);
    this.observer = observeStart(incoming, served);
  }

  // ---- what the handler and the interceptors see ----

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
    this.#cancel ??= createController(this.cancelledBy);
    return this.#cancel.signal;
  }

  get draining(): AbortSignal {
    this.#drain ??= createController(this.#draining ? SHUTTING_DOWN : undefined);
    return this.#drain.signal;
  }

  get headers(): Metadata {
    this.#headers ??= new Metadata();
    return this.#headers;
  }

  get trailers(): Metadata {
    this.#trailers ??= new Metadata();
    return this.#trailers;
  }

  sendHeaders(): void {
    if (this.#headersSent || this.finished) return;
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

  onFinish(listener: FinishListener): void {
    this.#listeners ??= new CallListeners();
    this.#listeners.addFinish(listener);
  }

  // ---- what outgoing calls inherit ----

  get hop(): boolean {
    return this.incoming.peer.kind === "network";
  }

  get traceparent(): string | undefined {
    return this.incoming.metadata.get("traceparent");
  }

  get tracestate(): string | undefined {
    return this.incoming.metadata.get("tracestate");
  }

  get errors(): ServerCall["errors"] {
    return this.served.errors;
  }

  onCancelled(listener: (status: Status) => void): void {
    this.#listeners ??= new CallListeners();
    this.#listeners.addCancel(listener);
  }

  offCancelled(listener: (status: Status) => void): void {
    this.#listeners?.removeCancel(listener);
  }

  // ---- how it finishes ----

  /** Sends the headers before the first message of a stream, if the handler set any. */
  flushHeaders(): void {
    if (this.#headers !== undefined) this.sendHeaders();
  }

  /** Finishes a unary call with OK and its one response. */
  respond(message: Uint8Array): void {
    if (this.finished) return;
    this.#noteFinished(OK, this.#trailers);
    const headers = this.#headersSent ? undefined : this.#headers;
    const lender = this.served.definition.response;
    this.incoming.respond(headers, message, this.#trailers, this.compress, lender);
  }

  /** Finishes the call with a status and the trailers that the handler set. */
  finish(status: FinalStatus): void {
    if (this.finished) return;
    const trailers = mergeTrailers(this.#trailers, status.trailers);
    // A failed call without headers is sent as trailers alone: shorter, and clients may retry it.
    if (status.code === StatusNumber.OK) this.flushHeaders();
    this.#noteFinished(status, trailers);
    this.incoming.finish({ code: status.code, message: status.message, trailers });
  }

  /** Finishes the call with the status for what its handler threw. Never throws. */
  fail(thrown: unknown): void {
    if (this.finished) return;
    const { status, unexpected } = failureOf(thrown, this, this.served.random);
    if (unexpected !== undefined) {
      const { error, errorId } = unexpected;
      const { report, logsFailures } = this.served;
      const redact = this.#redactor();
      this.observer?.failed?.(error, errorId, redact);
      if (!logsFailures) report(error, "handler", this.incoming.path, { errorId, redact });
    }
    this.finish(status);
  }

  /** Finishes the call for a reason outside its handler, for the caller and the handler. */
  finishEarly(status: Status): void {
    if (this.finished) return;
    this.finish({ code: status.code, message: status.message, trailers: undefined });
    this.#notifyCancelled(status);
  }

  /** The transport reports that the caller cancelled the call or disconnected. */
  cancel(status: Status): void {
    if (this.finished) return;
    this.#noteFinished(status, undefined);
    this.#notifyCancelled(status);
  }

  /** The deadline has passed: the caller's, or the server's own limit. */
  expire(): void {
    const own = this.deadline < this.incoming.deadline;
    this.finishEarly(own ? ownLimitPassed(this.served.maxDurationMs) : DEADLINE_PASSED);
  }

  /** The server drains: tells the handler, which has the grace period to finish. */
  drain(): void {
    this.#draining = true;
    this.#drain?.abort(cancellation(SHUTTING_DOWN));
  }

  /** Keeps the values of `debug_redact` fields, to take them out of errors that quote them. */
  markRedacted(side: "request" | "response", message: unknown): void {
    const paths = this.served.definition.redacted[side];
    if (paths.length === 0) return;
    this.#marked ??= new MarkedValues();
    this.#marked.add(paths, message);
  }

  /** The one place where a call becomes finished. */
  #noteFinished(status: Status, trailers: Metadata | undefined): void {
    this.finished = true;
    this.#timer.cancel();
    if (!this.handlerRunning) this.incoming.handlerFinished();
    const { code, message } = status;
    if (this.observer !== undefined) {
      const text = code === StatusNumber.OK ? message : this.#redactor()(message);
      const durationMs = this.served.clock.now() - this.#startedAt;
      this.observer.finished({ code, message: text, durationMs, origin: "local" });
    }
    this.#listeners?.finished(status, trailers, this.served.report, this.incoming.path);
    this.#hook?.callFinished(status);
  }

  #notifyCancelled(status: Status): void {
    this.cancelledBy = status;
    this.#cancel?.abort(cancellation(status));
    this.#listeners?.cancelled(status, this.served.report, this.incoming.path);
  }

  #redactor(): (text: string) => string {
    return redactorFor(this.served.definition.redacted.request, this.request, this.#marked);
  }
}
