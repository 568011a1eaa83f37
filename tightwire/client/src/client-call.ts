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
  type CallScope,
  type Clock,
  type Completion,
  type Connection,
  checkTime,
  currentScope,
  DEFAULT_TIMEOUT_MS,
  type Expiring,
  hopReserveMs,
  MarkedValues,
  type OutgoingCall,
  redactorFor,
  type Status,
  StatusNumber,
  statusNumber,
  type Timer,
  timeLeftMs,
} from "@tightwire/core/runtime";
import { onAbort } from "./abort.js";
import type { OpenChannel } from "./channel.js";

type EndListener = Parameters<ClientInterceptedCall["onFinish"]>[0];

/** How often a call that its peer never processed is sent again. */
const MAX_RESENDS = 3;

/** What attempt interceptors may change of a call. */
interface BeforeAttempts {
  readonly metadata: Metadata;
  readonly request: unknown;
  /** How many listeners it had. */
  readonly listeners: number;
}

/**
 * One call being made: its deadline, what may cancel it, and its way to a connection. Ends exactly
 * once, as a value; the error that its caller sees is made above.
 */
export abstract class ClientCall implements ClientInterceptedCall, OutgoingCall, Expiring {
  readonly side = "client";
  readonly method: MethodDefinition;
  readonly path: string;
  metadata: Metadata;
  readonly deadline: number;
  compress: boolean;
  request: unknown = undefined;
  /** How it ended. */
  end: Completion | undefined = undefined;
  /** What aborted the caller's signal. */
  abortReason: unknown = undefined;
  /**
   * How an attempt failed that is to be made again; under attempt interceptors only, until
   * {@link attemptAgain}.
   */
  unprocessed: RpcError | undefined = undefined;

  protected readonly options: CallOptions;
  protected readonly channel: OpenChannel;
  protected readonly observer: CallObserver | undefined;
  protected endpoint: string | undefined = undefined;
  #scope: CallScope | undefined;
  #timer: Timer | undefined = undefined;
  #stopWaiting: (() => void) | undefined = undefined;
  #onEnd: EndListener[] | undefined = undefined;
  #values: Map<unknown, unknown> | undefined = undefined;
  #marked: MarkedValues | undefined = undefined;
  #attempts = 0;
  #before: BeforeAttempts | undefined = undefined;
  #underway = false;
  #stopListening: (() => void) | undefined = undefined;
  #onParentCancelled: ((cause: Status) => void) | undefined = undefined;
  readonly #startedAt: number;

  constructor(method: MethodDefinition, channel: OpenChannel, options: CallOptions) {
    checkTime("timeoutMs", options.timeoutMs);
    checkTime("idleTimeoutMs", options.idleTimeoutMs);
    this.method = method;
    this.path = method.path;
    this.channel = channel;
    this.#startedAt = channel.settings.clock.now();
    this.options = options;
    this.compress = (options.compress ?? false) !== false;
    this.#scope = options.detached === true ? undefined : currentScope();
    this.metadata = new Metadata(options.metadata);
    this.deadline = this.#startedAt + this.#timeoutMs();
    if (this.#scope !== undefined) {
      this.deadline = Math.min(
        this.deadline,
        inheritedDeadline(this.#scope, channel.settings.clock),
      );
      inheritTrace(this.#scope, this.metadata);
    }
    this.observer = channel.settings.observer?.started({
      side: "client",
      path: method.path,
      method,
      peer: channel.target,
    });
  }

  get timeLeftMs(): number {
    return timeLeftMs(this.deadline, this.channel.settings.clock);
  }

  get previousAttempts(): number {
    return Math.max(this.#attempts - 1, 0);
  }

  get<T>(key: ContextKey<T>): T {
    return this.#values?.has(key) ? (this.#values.get(key) as T) : key.defaultValue;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(key, value);
  }

  onFinish(listener: EndListener): void {
    this.#onEnd ??= [];
    this.#onEnd.push(listener);
  }

  /**
   * Its interceptors are done with the call, and whatever they did it ends: with what one of them
   * threw, wherever it is, or well, when they answered it without sending it.
   */
  leaveLayers(error?: RpcError): void {
    if (error !== undefined)
      this.cancel({ code: statusNumber(error.code), message: error.message });
    else if (!this.#underway) {
      this.finish({
        code: StatusNumber.OK,
        message: "",
        headers: undefined,
        trailers: undefined,
        outcome: "not-processed",
        origin: "local",
      });
    }
  }

  /**
   * From here on it is told from above to make an attempt again, through the interceptors of
   * attempts.
   */
  beginAttempts(): void {
    this.#before = {
      metadata: new Metadata(this.metadata),
      request: this.request,
      listeners: this.#onEnd?.length ?? 0,
    };
  }

  /**
   * Makes the call what it was before its attempts, if `thrown` is how one failed that is to be
   * made again.
   */
  attemptAgain(thrown: unknown): boolean {
    if (this.#before === undefined || this.unprocessed === undefined || thrown !== this.unprocessed)
      return false;
    this.unprocessed = undefined;
    this.metadata = new Metadata(this.#before.metadata);
    this.request = this.#before.request;
    return true;
  }

  /**
   * Whether a message goes compressed. Throws an INTERNAL RpcError when the caller's own function
   * throws.
   */
  protected compresses(message: unknown): boolean {
    const { compress = false } = this.options;
    if (typeof compress === "boolean") return compress;
    try {
      return compress(message as never);
    } catch (cause) {
      throw new RpcError("internal", `the compress option of a call to ${this.path} threw`, {
        cause,
        call: this.path,
      });
    }
  }

  /** Ends the call, wherever it is. */
  protected abstract cancel(cause: Status): void;
  /** Sends it on its way over a connection. */
  protected abstract dispatch(connection: Connection): void;
  /** Tells whoever waits for the end. */
  protected abstract settle(end: Completion): void;
  /** Tells whoever waits for the attempt that it is {@link unprocessed}. */
  protected abstract leaveAttempt(): void;

  /**
   * Starts the clock and looks for a connection. A call that is over already fails here, without
   * touching the network. Later attempts find the clock running.
   */
  protected begin(): void {
    this.#underway = true;
    if (this.#timer !== undefined) return this.connect();
    if (this.timeLeftMs <= 0)
      return this.finishLocally({
        code: StatusNumber.DEADLINE_EXCEEDED,
        message: "no time was left to make the call",
      });
    const { signal } = this.options;
    if (signal?.aborted === true) return this.abort(signal.reason);
    if (this.#scope?.cancelledBy !== undefined) return this.finishLocally(this.#scope.cancelledBy);
    if (signal !== undefined)
      this.#stopListening = onAbort(signal, () => this.abort(signal.reason));
    if (this.#scope !== undefined) {
      this.#onParentCancelled = (cause) =>
        this.cancel({
          code: cause.code,
          message: `the call that made this one ended: ${cause.message}`,
        });
      this.#scope.onCancelled(this.#onParentCancelled);
    }
    this.#timer = this.channel.settings.clock.schedule(this.deadline, this);
    this.connect();
  }

  /** Takes the channel's connection, or waits for it. */
  protected connect(): void {
    const connection = this.channel.ready();
    if (connection !== undefined) return this.#send(connection);
    this.#stopWaiting = this.channel.acquire(
      (ready) => this.#send(ready),
      (why) => this.finishLocally(why),
    );
  }

  /**
   * The peer never processed the call: try once more, if there is time. False when the call is to
   * end.
   */
  protected resend(end: Completion): boolean {
    if (
      end.outcome !== "not-processed" ||
      end.code !== StatusNumber.UNAVAILABLE ||
      this.#attempts > MAX_RESENDS ||
      this.timeLeftMs <= 0
    )
      return false;
    if (this.#before === undefined) this.connect();
    else this.#endAttempt(end, this.#before);
    return true;
  }

  /** For its interceptors the attempt is over, though the call is not. */
  #endAttempt(end: Completion, { listeners }: BeforeAttempts): void {
    this.#underway = false;
    this.unprocessed = RpcError.fromCompletion(end, this.path);
    for (const listener of this.#onEnd?.splice(listeners) ?? []) listener(end);
    this.leaveAttempt();
  }

  /** Ends the call before it reached a peer. */
  protected finishLocally(cause: Status): void {
    this.finish({
      code: cause.code,
      message: cause.message,
      headers: undefined,
      trailers: undefined,
      outcome: "not-processed",
      origin: "local",
    });
  }

  /** The call is over: the one place where that is noted. */
  protected finish(end: Completion): void {
    if (this.end !== undefined) return;
    this.end = end;
    this.#timer?.cancel();
    this.#stopWaiting?.();
    this.#stopListening?.();
    if (this.#onParentCancelled !== undefined) this.#scope?.offCancelled(this.#onParentCancelled);
    if (end.headers !== undefined) this.options.onHeaders?.(end.headers);
    if (end.trailers !== undefined) this.options.onTrailers?.(end.trailers);
    this.observer?.finished({
      code: end.code,
      message:
        end.code === StatusNumber.OK
          ? end.message
          : redactorFor(this.method.redacted.request, this.request, this.#marked)(end.message),
      durationMs: this.channel.settings.clock.now() - this.#startedAt,
      origin: end.origin,
      endpoint: this.endpoint,
      attempts: this.#attempts,
    });
    if (this.#onEnd !== undefined) for (const listener of this.#onEnd) listener(end);
    this.settle(end);
  }

  /**
   * Keeps what a message's marked fields hold, for errors that quote it; for the messages of a
   * stream.
   */
  protected mark(side: "request" | "response", message: unknown): void {
    const paths = this.method.redacted[side];
    if (paths.length === 0) return;
    this.#marked ??= new MarkedValues();
    this.#marked.add(paths, message);
  }

  #send(connection: Connection): void {
    this.#stopWaiting = undefined;
    this.#attempts++;
    this.endpoint = connection.info.address;
    this.observer?.attempt?.(this.endpoint);
    this.dispatch(connection);
  }

  #timeoutMs(): number {
    const { policy, kind } = this.method;
    if (kind !== "unary")
      return this.options.timeoutMs ?? policy.timeoutMs ?? Number.POSITIVE_INFINITY;
    return (
      this.options.timeoutMs ??
      this.channel.settings.timeoutMs ??
      policy.timeoutMs ??
      DEFAULT_TIMEOUT_MS
    );
  }

  expire(): void {
    const waited = Math.round(this.channel.settings.clock.now() - this.#startedAt);
    const where =
      this.endpoint === undefined
        ? `for a connection to ${this.channel.target}`
        : `for ${this.endpoint}`;
    this.cancel({
      code: StatusNumber.DEADLINE_EXCEEDED,
      message: `the deadline passed after ${waited} ms of waiting ${where}`,
    });
  }

  /** Its caller wants it no more. */
  abort(reason: unknown): void {
    this.abortReason = reason;
    this.cancel({ code: StatusNumber.CANCELLED, message: "the caller aborted the call" });
  }
}

function inheritedDeadline(scope: CallScope, clock: Clock): number {
  const left = timeLeftMs(scope.deadline, clock);
  return scope.hop ? scope.deadline - hopReserveMs(left) : scope.deadline;
}

function inheritTrace(scope: CallScope, metadata: Metadata): void {
  if (scope.traceparent === undefined || metadata.has("traceparent")) return;
  metadata.set("traceparent", scope.traceparent);
  if (scope.tracestate !== undefined) metadata.set("tracestate", scope.tracestate);
}
