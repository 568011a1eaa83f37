import type { InterceptedResponse, Metadata } from "@tightwire/core";
import {
  type Borrowed,
  type Completion,
  type Connection,
  MessageQueue,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";
import type { WatchedAttempt } from "../channel/channel.js";
import { encodeRequest, isCompressed, requestFailure, undecodable } from "./message-encoding.js";
import { RequestSender } from "./request-sender.js";
import {
  attemptFailed,
  attemptFinished,
  cancelRun,
  type Run,
  type Sendable,
  type StreamCall,
  startAttempt,
} from "./run.js";
import { runFailure } from "./run-failure.js";

/** A run of a streaming call. */
export class StreamRun implements Run, OutgoingCall, ResponseSink {
  readonly sent: Sendable & { readonly call: StreamCall };
  /** The decoded responses, for one reader. A reader that stops early cancels the run. */
  readonly messages: MessageQueue<unknown>;
  decides: boolean;
  attempts = 0;
  handle: StreamHandle | undefined = undefined;
  watched: WatchedAttempt | undefined = undefined;
  stopWaiting: (() => void) | undefined = undefined;
  completion: Completion | undefined = undefined;
  cause: unknown = undefined;
  readonly compress: boolean;
  previousAttempts = 0;
  readonly #begun: (() => void) | undefined;
  /** Whether the peer has begun to respond: it is not sent again then. */
  responding = false;
  /** How many messages were asked for and have not come. */
  #asked = 0;
  #received = 0;
  #requests: RequestSender | undefined = undefined;
  /** The one request of a server-streaming call. */
  #request: Uint8Array | undefined = undefined;
  #compressed = false;

  /** `begun`, if given, is called when the peer begins to respond, or the run finishes. */
  constructor(sent: Sendable, decides: boolean, begun?: () => void) {
    this.sent = sent as StreamRun["sent"];
    this.decides = decides;
    this.#begun = begun;
    this.compress = (sent.call.options.compress ?? false) !== false;
    this.messages = new MessageQueue(
      (count) => this.#pull(count),
      () => this.cancel(STOPPED_READING),
      (bytes) => this.handle?.hold?.(bytes),
    );
  }

  start(): void {
    this.sent.call.addRun(this);
    this.messages.start();
    if (this.sent.call.method.kind === "server_streaming") this.#encodeRequest();
    // The caller's compress function may have cancelled the call.
    if (this.completion === undefined) startAttempt(this);
  }

  /** A request that is the only one is encoded before anything waits for a connection. */
  #encodeRequest(): void {
    const { call, request } = this.sent;
    try {
      this.#request = encodeRequest(call.method, request, call.channel.settings);
      this.#compressed = isCompressed(call.options, call.path, request);
    } catch (error) {
      const { status, cause, trailers } = requestFailure(error);
      this.cancel(status, cause, trailers);
    }
  }

  send(connection: Connection): void {
    const { call } = this.sent;
    this.previousAttempts = call.attempts - 1;
    const handle = connection.stream(this, this);
    this.handle = handle;
    this.#requests = new RequestSender(this, handle);
    if (this.#asked > 0) handle.pull(this.#asked);
    if (this.#request !== undefined) this.#requests.sendOne(this.#request, this.#compressed);
    else void this.#requests.sendAll();
  }

  finish(completion: Completion, cause?: unknown): void {
    if (this.completion !== undefined) return;
    this.completion = completion;
    this.cause ??= cause;
    this.handle = undefined;
    this.#requests?.stop();
    this.sent.call.runFinished(this, completion);
    this.messages.end(completion.code === StatusNumber.OK ? undefined : runFailure(this));
    this.#begun?.();
  }

  cancel(status: Status, cause?: unknown, trailers?: Metadata): void {
    cancelRun(this, status, cause, trailers);
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

  get idleTimeoutMs(): number {
    return this.sent.call.stream.idleMs;
  }

  headers(metadata: Metadata): void {
    if (this.completion !== undefined) return;
    this.#responds();
    this.sent.call.headersReceived(metadata);
  }

  message(bytes: Borrowed): void {
    if (this.completion !== undefined) return;
    const { call } = this.sent;
    const { method, observer, stream } = call;
    this.#asked--;
    this.#received++;
    this.#responds();
    observer?.message?.("received", bytes.byteLength);
    if (this.#received > 1 && method.kind === "client_streaming")
      return this.cancel(wrongCount(method.path, "more than one message"));
    try {
      const response = method.response.decode(bytes);
      stream.mark(method.redacted.response, response);
      this.messages.push(response, bytes.byteLength);
    } catch (error) {
      const { code, message } = undecodable(method, NO_METADATA, error);
      this.cancel({ code, message });
    }
  }

  awaits(): boolean {
    return this.messages.awaited;
  }

  drained(): void {
    this.sent.call.stream.touch();
    this.#requests?.drained();
  }

  finished(completion: Completion): void {
    attemptFinished(this, completion);
    if (this.completion !== undefined) return;
    this.handle = undefined;
    const { kind } = this.sent.call.method;
    if (completion.code !== StatusNumber.OK) {
      if (kind === "server_streaming" && !this.responding) attemptFailed(this, completion);
      else this.finish(completion);
    } else if (kind === "client_streaming" && this.#received === 0)
      this.finish({ ...completion, ...wrongCount(this.path, "no message"), origin: "local" });
    else this.finish(completion);
  }

  #responds(): void {
    this.sent.call.stream.touch();
    if (this.responding) return;
    this.responding = true;
    this.watched?.responded();
    this.#begun?.();
  }

  #pull(count: number): void {
    this.#asked += count;
    this.handle?.pull(count);
  }
}

const NO_METADATA = { headers: undefined, trailers: undefined };
const STOPPED_READING: Status = {
  code: StatusNumber.CANCELLED,
  message: "the caller stopped reading",
};

function wrongCount(path: string, count: string): Status {
  return { code: StatusNumber.INTERNAL, message: `${path} responded with ${count}` };
}

const runs = new WeakMap<object, StreamRun>();

/** The responses of a run, as `next` gives them to interceptors. */
export function responsesOf(run: StreamRun): InterceptedResponse {
  runs.set(run.messages, run);
  return { response: run.messages };
}

/** The run whose own responses these are: no interceptor wrapped them. */
export function runOf(responses: unknown): StreamRun | undefined {
  return typeof responses === "object" && responses !== null ? runs.get(responses) : undefined;
}
