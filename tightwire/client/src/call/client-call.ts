import {
  type CallObserver,
  type CallOptions,
  type ClientInterceptedCall,
  type ContextKey,
  Metadata,
  type MethodDefinition,
  RpcError,
} from "@tightwire/core";
import {
  type CallHandle,
  type CallScope,
  type Completion,
  type Connection,
  checkTime,
  currentScope,
  type Expiring,
  type OutgoingCall,
  type Status,
  StatusNumber,
  type Timer,
  timeLeftMs,
} from "@tightwire/core/runtime";
import type { OpenChannel } from "../channel/channel.js";
import { onAbort } from "./abort-signal.js";
import { type Attempt, maySendAgain } from "./attempt.js";
import type { AttemptView } from "./attempt-view.js";
import { deadlinePassed, inheritedDeadline, NO_TIME_LEFT, timeoutMsOf } from "./deadline.js";
import { cancelWithParent, inheritTrace } from "./inheritance.js";
import { localCompletion } from "./local-completion.js";
import { redactedMessage } from "./redacted-message.js";
import type { ResponseStream } from "./response-stream.js";

type FinishListener = Parameters<ClientInterceptedCall["onFinish"]>[0];

/**
 * What a user started: the deadline, the abort signal, what is inherited, and finishing exactly
 * once, as a value. The error that its caller sees is made above.
 *
 * Each `next` of the innermost interceptor starts a run ({@link run}). A run makes attempts, one at
 * a time; each is one try at one endpoint.
 */
export class ClientCall implements ClientInterceptedCall, OutgoingCall, CallHandle, Expiring {
  readonly side = "client";
  readonly method: MethodDefinition;
  readonly path: string;
  metadata: Metadata;
  readonly deadline: number;
  compress: boolean;
  request: unknown;
  /** Unary calls: the response, until it is taken. */
  response: unknown = undefined;
  /** Streaming calls: their responses. */
  stream: ResponseStream | undefined = undefined;
  /** Under attempt interceptors: what each attempt starts from. */
  view: AttemptView | undefined = undefined;
  /** How it finished; undefined until then. */
  completion: Completion | undefined = undefined;
  /** The `cause` of the caller's error: an abort's reason, or what the caller's code threw. */
  errorCause: unknown = undefined;

  readonly options: CallOptions;
  readonly channel: OpenChannel;
  readonly observer: CallObserver | undefined;
  #attempt: Attempt | undefined = undefined;
  #attempts = 0;
  #endpoint: string | undefined = undefined;
  #scope: CallScope | undefined;
  #timer: Timer | undefined = undefined;
  #stopWaiting: (() => void) | undefined = undefined;
  #stopListening: (() => void) | undefined = undefined;
  #parentListener: ((status: Status) => void) | undefined = undefined;
  #listeners: FinishListener[] | undefined = undefined;
  #values: Map<unknown, unknown> | undefined = undefined;
  readonly #startedAt: number;

  constructor(
    method: MethodDefinition,
    channel: OpenChannel,
    request: unknown,
    options: CallOptions,
  ) {
    checkTime("timeoutMs", options.timeoutMs);
    checkTime("idleTimeoutMs", options.idleTimeoutMs);
    const { clock, observer, timeoutMs } = channel.settings;
    const { path } = method;
    this.method = method;
    this.path = path;
    this.channel = channel;
    this.#startedAt = clock.now();
    this.options = options;
    this.request = request;
    this.compress = (options.compress ?? false) !== false;
    this.#scope = options.detached === true ? undefined : currentScope();
    this.metadata = new Metadata(options.metadata);
    this.deadline = this.#startedAt + timeoutMsOf(method, options, timeoutMs);
    if (this.#scope !== undefined) {
      this.deadline = Math.min(this.deadline, inheritedDeadline(this.#scope, clock));
      inheritTrace(this.#scope, this.metadata);
    }
    this.observer = observer?.started({ side: "client", path, method, peer: channel.target });
  }

  // ---- for interceptors ----

  get timeLeftMs(): number {
    return timeLeftMs(this.deadline, this.channel.settings.clock);
  }

  get<T>(key: ContextKey<T>): T {
    return this.#values?.has(key) ? (this.#values.get(key) as T) : key.defaultValue;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(key, value);
  }

  onFinish(listener: FinishListener): void {
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  get listenerCount(): number {
    return this.#listeners?.length ?? 0;
  }

  // ---- runs and attempts ----

  /** For the transport: how many attempts came before this one. */
  get previousAttempts(): number {
    return Math.max(this.#attempts - 1, 0);
  }

  /** Whether the call was sent, or waits for a connection. */
  get running(): boolean {
    return this.#attempt !== undefined;
  }

  /**
   * Starts a run: waits for a connection and sends `attempt` over it. The first run starts the
   * deadline and the abort signal. When the call has finished already, nothing is sent.
   */
  run(attempt: Attempt): void {
    if (this.completion !== undefined) return attempt.runFinished();
    this.#attempt = attempt;
    if (this.#timer !== undefined || this.#start()) this.#connect();
  }

  /** An attempt failed: sends the call again if its peer never processed it, or finishes it. */
  attemptFailed(completion: Completion): void {
    if (this.completion !== undefined || !maySendAgain(completion, this.#attempts, this.timeLeftMs))
      this.finish(completion);
    else if (this.view === undefined) this.#connect();
    else this.#returnToInterceptors(completion, this.view);
  }

  /** The error of a run that failed. */
  failure(): RpcError {
    const { view, completion } = this;
    return (
      view?.unprocessed ??
      RpcError.fromCompletion(completion as Completion, this.path, this.errorCause)
    );
  }

  // ---- finishing ----

  /** Cancels the call, whatever it waits for. */
  cancel(status: Status): void {
    if (this.#attempt === undefined || !this.#attempt.cancel(status)) this.finishLocally(status);
  }

  /** Cancels the call because its caller no longer wants it. */
  abort(reason: unknown): void {
    this.errorCause = reason;
    this.cancel({ code: StatusNumber.CANCELLED, message: "the caller aborted the call" });
  }

  /** Cancels the call because its deadline passed. */
  expire(): void {
    const waitedMs = this.channel.settings.clock.now() - this.#startedAt;
    this.cancel(
      deadlinePassed(waitedMs, this.#endpoint ?? `a connection to ${this.channel.target}`),
    );
  }

  /** Finishes the call before a peer processed it. */
  finishLocally(status: Status): void {
    this.finish(localCompletion(status));
  }

  /** Finishes the call: the one place where that happens. Later calls do nothing. */
  finish(completion: Completion): void {
    if (this.completion !== undefined) return;
    this.completion = completion;
    this.#timer?.cancel();
    this.#stopWaiting?.();
    this.#stopListening?.();
    if (this.#parentListener !== undefined) this.#scope?.offCancelled(this.#parentListener);
    if (completion.headers !== undefined) this.options.onHeaders?.(completion.headers);
    if (completion.trailers !== undefined) this.options.onTrailers?.(completion.trailers);
    this.observer?.finished({
      code: completion.code,
      message: redactedMessage(this, this.stream?.marked, completion),
      durationMs: this.channel.settings.clock.now() - this.#startedAt,
      origin: completion.origin,
      endpoint: this.#endpoint,
      attempts: this.#attempts,
    });
    if (this.#listeners !== undefined) for (const listener of this.#listeners) listener(completion);
    if (this.stream !== undefined)
      this.stream.finish(completion.code === StatusNumber.OK ? undefined : this.failure());
    this.#attempt?.runFinished();
  }

  /**
   * Starts the deadline and what may cancel the call from outside. A call that has no time left or
   * is cancelled already finishes here, without touching the network: false then.
   */
  #start(): boolean {
    const { signal } = this.options;
    if (this.timeLeftMs <= 0) this.finishLocally(NO_TIME_LEFT);
    else if (signal?.aborted === true) this.abort(signal.reason);
    else if (this.#scope?.cancelledBy !== undefined) this.finishLocally(this.#scope.cancelledBy);
    if (this.completion !== undefined) return false;
    if (signal !== undefined)
      this.#stopListening = onAbort(signal, () => this.abort(signal.reason));
    if (this.#scope !== undefined) this.#parentListener = cancelWithParent(this.#scope, this);
    this.#timer = this.channel.settings.clock.schedule(this.deadline, this);
    return true;
  }

  /** Takes the channel's connection, or waits for one. */
  #connect(): void {
    const connection = this.channel.ready();
    if (connection !== undefined) return this.#send(connection);
    this.#stopWaiting = this.channel.acquire(
      (ready) => this.#send(ready),
      (status) => this.finishLocally(status),
    );
  }

  #send(connection: Connection): void {
    this.#stopWaiting = undefined;
    this.#attempts++;
    this.#endpoint = connection.info.address;
    this.observer?.attempt?.(this.#endpoint);
    this.#attempt?.send(connection);
  }

  /** The run is finished, though the call is not: the attempt interceptors start the next one. */
  #returnToInterceptors(completion: Completion, view: AttemptView): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    for (const listener of this.#listeners?.splice(view.listeners) ?? []) listener(completion);
    view.unprocessed = RpcError.fromCompletion(completion, this.path);
    attempt?.runFinished();
  }
}
