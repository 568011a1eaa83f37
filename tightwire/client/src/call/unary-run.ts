import type { Metadata } from "@tightwire/core";
import {
  type CallHandle,
  type Completion,
  type Connection,
  localCompletion,
  type OutgoingCall,
  type Status,
  StatusNumber,
  type UnarySink,
} from "@tightwire/core/runtime";
import type { WatchedAttempt } from "../channel/channel.js";
import { encodeRequest, isCompressed, requestFailure, undecodable } from "./message-encoding.js";
import {
  attemptFailed,
  attemptFinished,
  cancelRun,
  type Run,
  type Sendable,
  startAttempt,
} from "./run.js";

/** A run of a unary call: one message out, one in. */
export class UnaryRun implements Run, OutgoingCall, UnarySink {
  readonly sent: Sendable;
  readonly decides: boolean;
  attempts = 0;
  handle: CallHandle | undefined = undefined;
  watched: WatchedAttempt | undefined = undefined;
  stopWaiting: (() => void) | undefined = undefined;
  completion: Completion | undefined = undefined;
  cause: unknown = undefined;
  /** The response, once it finished OK; that of a run which decides is its call's. */
  response: unknown = undefined;
  compress = false;
  previousAttempts = 0;
  #request: Uint8Array | undefined = undefined;
  readonly #finished: ((run: UnaryRun) => void) | undefined;

  /** `finished`, if interceptors are to decide, is called once the run has finished. */
  constructor(sent: Sendable, finished: ((run: UnaryRun) => void) | undefined) {
    this.sent = sent;
    this.decides = finished === undefined;
    this.#finished = finished;
  }

  /** Encodes the request and sends it. */
  start(): void {
    const { call, request } = this.sent;
    call.addRun(this);
    try {
      this.#request = encodeRequest(call.method, request, call.channel.settings);
      this.compress = isCompressed(call.options, call.path, request);
    } catch (error) {
      const { status, cause, trailers } = requestFailure(error);
      return this.finish(localCompletion(status, "not-processed", trailers), cause);
    }
    startAttempt(this);
  }

  finish(completion: Completion, cause?: unknown): void {
    if (this.completion !== undefined) return;
    this.completion = completion;
    this.cause ??= cause;
    this.handle = undefined;
    this.sent.call.runFinished(this, completion);
    this.#finished?.(this);
  }

  cancel(status: Status, cause?: unknown, trailers?: Metadata): void {
    cancelRun(this, status, cause, trailers);
  }

  send(connection: Connection): void {
    const request = this.#request as Uint8Array;
    const { call } = this.sent;
    this.previousAttempts = call.attempts - 1;
    call.observer?.message?.("sent", request.byteLength);
    const handle = connection.unary(this, request, this);
    // A handler in this process has already run, and may have cancelled the call.
    if (this.completion === undefined) this.handle = handle;
    else handle.cancel(this.completion);
  }

  // ---- what the transport reads and tells ----

  get path(): string {
    return this.sent.call.path;
  }

  get metadata(): Metadata {
    return this.sent.metadata;
  }

  get deadline(): number {
    return this.sent.call.deadline;
  }

  finished(completion: Completion, message: Uint8Array | undefined): void {
    attemptFinished(this, completion);
    if (this.completion !== undefined) return;
    this.handle = undefined;
    if (completion.code !== StatusNumber.OK) return attemptFailed(this, completion);
    const { call } = this.sent;
    try {
      const response = call.method.response.decode(message as Uint8Array);
      if (this.decides) call.response = response;
      else this.response = response;
    } catch (error) {
      return this.finish(undecodable(call.method, completion, error));
    }
    call.observer?.message?.("received", (message as Uint8Array).byteLength);
    this.finish(completion);
  }
}
