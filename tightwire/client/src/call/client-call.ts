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
  contain,
  currentScope,
  type Expiring,
  localCompletion,
  type Status,
  StatusNumber,
  type Timer,
  timeLeftMs,
} from "@tightwire/core/runtime";
import type { OpenChannel } from "../channel/channel.js";
import { onAbort } from "./abort-signal.js";
import { deadlinePassed, inheritedDeadline, NO_TIME_LEFT, timeoutMsOf } from "./deadline.js";
import { cancelWithParent, inheritTrace } from "./inheritance.js";
import { type CallRun, Interception } from "./interception.js";
import type { StreamActivity } from "./stream-activity.js";
import { type FinishedCall, type FinishListener, tellFinished } from "./tell-finished.js";

/**
 * What a user started: the deadline, the abort signal, what is inherited, and finishing exactly
 * once, as a value. Deadline and signal hold from {@link start} on, while interceptors run, too.
 * The error that the caller sees is made above.
 *
 * Without interceptors a call has one run, which decides how it finishes. With interceptors each
 * `next` starts a run, and what they return or throw decides.
 */
export class ClientCall implements ClientInterceptedCall, FinishedCall, CallHandle, Expiring {
  readonly method: MethodDefinition;
  readonly metadata: Metadata;
  readonly deadline: number;
  request: unknown;
  /** Calls with one response: it, until it is taken. */
  response: unknown = undefined;
  /** Streaming calls: what their runs share. */
  stream: StreamActivity | undefined = undefined;
  /** How it finished; undefined until then. */
  completion: Completion | undefined = undefined;
  /** Whether it has finished, or is about to: nothing is sent any more. */
  finishing = false;
  /** The `cause` of the caller's error: an abort's reason, or what the caller's code threw. */
  errorCause: unknown = undefined;
  /** How many attempts were made, of all runs; and where the last one went. */
  attempts = 0;
  endpoint: string | undefined = undefined;
  listeners: FinishListener[] | undefined = undefined;

  readonly options: CallOptions;
  readonly channel: OpenChannel;
  readonly observer: CallObserver | undefined;
  #run: CallRun | undefined = undefined;
  #interception: Interception | undefined = undefined;
  #headersTold = false;
  #scope: CallScope | undefined;
  #timer: Timer | undefined = undefined;
  #settled: (() => void) | undefined = undefined;
  #stopListening: (() => void) | undefined = undefined;
  #parentListener: ((status: Status) => void) | undefined = undefined;
  #values: Map<unknown, unknown> | undefined = undefined;
  readonly startedAt: number;

  constructor(
    method: MethodDefinition,
    channel: OpenChannel,
    request: unknown,
    options: CallOptions,
  ) {
    const { clock, observer } = channel.settings;
    this.method = method;
    this.channel = channel;
    this.startedAt = clock.now();
    this.options = options;
    this.request = request;
    this.#scope = options.detached === true ? undefined : currentScope();
    this.metadata = new Metadata(options.metadata);
    this.deadline = this.startedAt + timeoutMsOf(method, options);
    if (this.#scope !== undefined) {
      this.deadline = Math.min(this.deadline, inheritedDeadline(this.#scope, clock));
      inheritTrace(this.#scope, this.metadata);
    }
    this.observer = observer?.started({
      side: "client",
      path: this.path,
      method,
      peer: channel.target,
    });
  }

  get path(): string {
    return this.method.path;
  }

  // ---- for interceptors ----

  get side(): "client" {
    return "client";
  }

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
    this.listeners ??= [];
    this.listeners.push(listener);
  }

  // ---- for runs: what they send, unless attempt interceptors give them something else ----

  get call(): this {
    return this;
  }

  get attempt(): undefined {
    return undefined;
  }

  addRun(run: CallRun): void {
    if (this.#run === undefined) this.#run = run;
    else this.interception.otherRuns.add(run);
  }

  attemptStarted(endpoint: string): void {
    this.attempts++;
    this.endpoint = endpoint;
    this.observer?.attempt?.(endpoint);
  }

  /** The head of a response came; `onHeaders` hears of the first. */
  headersReceived(headers: Metadata): void {
    if (this.#headersTold) return;
    this.#headersTold = true;
    if (this.options.onHeaders !== undefined)
      this.contain("onHeaders", () => this.options.onHeaders?.(headers));
  }

  runFinished(run: CallRun, completion: Completion): void {
    if (this.#run === run) this.#run = undefined;
    else this.#interception?.otherRuns.delete(run);
    if (!run.decides) return this.interception.runFinished(completion);
    this.errorCause ??= run.cause;
    this.finish(completion);
  }

  /** What it keeps when interceptors decide how it finishes. */
  get interception(): Interception {
    this.#interception ??= new Interception();
    return this.#interception;
  }

  // ---- how it finishes ----

  /**
   * Starts the deadline and what may cancel the call from outside. A call that has no time left or
   * is cancelled already finishes here, without touching the network: false then. `settled` is
   * called once, when the call has finished, maybe before this returns. It must not throw.
   */
  start(settled: (() => void) | undefined): boolean {
    const { signal } = this.options;
    this.#settled = settled;
    if (this.deadline <= this.startedAt)
      this.finish(localCompletion(NO_TIME_LEFT, "not-processed"));
    else if (signal?.aborted === true) this.abort(signal.reason);
    else if (this.#scope?.cancelledBy !== undefined)
      this.finish(localCompletion(this.#scope.cancelledBy, "not-processed"));
    if (this.completion !== undefined) return false;
    if (signal !== undefined)
      this.#stopListening = onAbort(signal, () => this.abort(signal.reason));
    if (this.#scope !== undefined) this.#parentListener = cancelWithParent(this.#scope, this);
    this.#timer = this.channel.settings.clock.schedule(this.deadline, this);
    return true;
  }

  /** Cancels the call, whatever it waits for. */
  cancel(status: Status): void {
    if (this.finishing) return;
    this.finishing = true;
    this.#cancelRuns(status);
    if (this.completion === undefined)
      this.finish(localCompletion(status, this.#interception?.outcome ?? "not-processed"));
  }

  /** Cancels the call because its caller no longer wants it. */
  abort(reason: unknown): void {
    if (this.finishing) return;
    this.errorCause = reason;
    this.cancel({ code: StatusNumber.CANCELLED, message: "the caller aborted the call" });
  }

  /** Cancels the call because its deadline passed. */
  expire(): void {
    const waitedMs = this.channel.settings.clock.now() - this.startedAt;
    this.cancel(deadlinePassed(waitedMs, this.#awaited));
  }

  /** Finishes the call: the one place where that happens. Later calls do nothing. */
  finish(completion: Completion): void {
    if (this.completion !== undefined) return;
    this.completion = completion;
    this.finishing = true;
    this.#timer?.cancel();
    this.stream?.stop();
    this.#stopListening?.();
    if (this.#parentListener !== undefined) this.#scope?.offCancelled(this.#parentListener);
    this.#cancelRuns(completion.code === StatusNumber.OK ? NOT_NEEDED : completion);
    tellFinished(this, completion);
    this.#settled?.();
  }

  /** The error of a call that failed. */
  failure(): RpcError {
    return (
      this.#interception?.error ??
      RpcError.fromCompletion(this.completion as Completion, this.path, this.errorCause)
    );
  }

  /** Calls user code that must not change the call: what it throws is reported. */
  contain(what: string, code: () => unknown): void {
    contain(code, (thrown) => this.channel.settings.report(thrown, what, this.path));
  }

  #cancelRuns(status: Status): void {
    this.#run?.cancel(status);
    if (this.#interception !== undefined)
      for (const run of [...this.#interception.otherRuns]) run.cancel(status);
  }

  /** What a call waits for whose deadline passes. */
  get #awaited(): string {
    if (this.#run === undefined) return "its interceptors";
    return this.endpoint ?? `a connection to ${this.channel.target}`;
  }
}

const NOT_NEEDED: Status = {
  code: StatusNumber.CANCELLED,
  message: "the call has finished without this attempt",
};
