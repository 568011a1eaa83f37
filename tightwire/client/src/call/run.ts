import type { Metadata } from "@tightwire/core";
import {
  type CallHandle,
  type Completion,
  type Connection,
  localCompletion,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import type { WatchedAttempt } from "../channel/channel.js";
import type { ClientCall } from "./client-call.js";
import type { CallRun } from "./interception.js";
import type { StreamActivity } from "./stream-activity.js";

/** A call with a stream on either side, or both. */
export type StreamCall = ClientCall & { readonly stream: StreamActivity };

/** What a run sends of a call: the call itself, or what attempt interceptors made of it. */
export interface Sendable {
  readonly call: ClientCall;
  readonly metadata: Metadata;
  readonly request: unknown;
  /** Set when interceptors are to see each attempt: a run then makes one only. */
  readonly attempt: InterceptedAttempt | undefined;
}

/** An attempt that interceptors see. */
export interface InterceptedAttempt {
  /** Counted from 1. */
  readonly number: number;
  /** The peer never processed it: another one follows. */
  unprocessed(completion: Completion): void;
}

/**
 * One `next` of the innermost interceptor: attempts, one at a time, each at one endpoint, until one
 * is not to be repeated. A call without interceptors has one run. A run owns the handle of the
 * attempt in flight and is the transport's sink.
 */
export interface Run extends CallRun {
  readonly sent: Sendable;
  /** How many attempts it made. */
  attempts: number;
  /** The attempt in flight. */
  readonly handle: CallHandle | undefined;
  /** The attempt in flight, if the channel wants to know how it finishes. */
  watched: WatchedAttempt | undefined;
  /** Set while it waits for a connection. */
  stopWaiting: (() => void) | undefined;
  /** How it finished; undefined until then. */
  readonly completion: Completion | undefined;
  cause: unknown;
  /** Starts an attempt over a connection. */
  send(connection: Connection): void;
  /**
   * Cancels what it waits for: it has then finished. `cause` becomes the error's, and `trailers`
   * have its details.
   */
  cancel(status: Status, cause?: unknown, trailers?: Metadata): void;
  /** Finishes it. Later calls do nothing. */
  finish(completion: Completion, cause?: unknown): void;
}

/** How often a run whose peer never processed an attempt makes another one. */
const MAX_UNPROCESSED = 3;

/**
 * Whether another attempt follows one that finished with `completion`: the peer never processed
 * it, and there is time. `attempts` is how many were made.
 */
export function maySendAgain(
  completion: Completion,
  attempts: number,
  timeLeftMs: number,
): boolean {
  return (
    completion.outcome === "not-processed" &&
    completion.code === StatusNumber.UNAVAILABLE &&
    attempts <= MAX_UNPROCESSED &&
    timeLeftMs > 0
  );
}

/** Starts an attempt as soon as the channel has a connection. */
export function startAttempt(run: Run): void {
  const { channel } = run.sent.call;
  const connection = channel.ready();
  if (connection !== undefined) return sendAttempt(run, connection);
  run.stopWaiting = channel.acquire(
    (ready) => {
      run.stopWaiting = undefined;
      sendAttempt(run, ready);
    },
    (status) => run.finish(localCompletion(status, "not-processed")),
  );
}

function sendAttempt(run: Run, connection: Connection): void {
  const { call } = run.sent;
  run.attempts++;
  run.watched = call.channel.attempts?.started(connection);
  call.attemptStarted(connection.info.address);
  // An observer may have ended the call.
  if (run.completion !== undefined) return attemptFinished(run, run.completion);
  try {
    run.send(connection);
  } catch (thrown) {
    if (run.handle === undefined) run.finish(localCompletion(TRANSPORT_THREW, "unknown"), thrown);
    else run.cancel(TRANSPORT_THREW, thrown);
    attemptFinished(run, localCompletion(TRANSPORT_THREW, "unknown"));
  }
}

/** Tells the channel how an attempt finished, once. */
export function attemptFinished(run: Run, completion: Completion): void {
  const { watched } = run;
  if (watched === undefined) return;
  run.watched = undefined;
  const { deadline, stream } = run.sent.call;
  watched.finished(completion, stream === undefined, deadline);
}

/**
 * An attempt failed. If its peer never processed it, another one follows: of this run, or of the
 * next that attempt interceptors start. Otherwise the run finishes so.
 */
export function attemptFailed(run: Run, completion: Completion): void {
  const { call, attempt } = run.sent;
  const again =
    !call.finishing && maySendAgain(completion, attempt?.number ?? run.attempts, call.timeLeftMs);
  if (again && attempt === undefined) return startAttempt(run);
  if (again) attempt?.unprocessed(completion);
  run.finish(completion);
}

/** Cancels a run as {@link Run.cancel} says. */
export function cancelRun(run: Run, status: Status, cause: unknown, trailers?: Metadata): void {
  if (run.completion !== undefined) return;
  const { handle } = run;
  if (handle === undefined) {
    run.stopWaiting?.();
    run.finish(localCompletion(status, "not-processed", trailers), cause);
    return;
  }
  run.cause = cause;
  // The transport would finish it at once, without them.
  if (trailers !== undefined) run.finish(localCompletion(status, "unknown", trailers));
  handle.cancel(status);
  // A transport may miss it.
  run.finish(localCompletion(status, "unknown"));
  attemptFinished(run, localCompletion(status, "unknown"));
}

const TRANSPORT_THREW: Status = {
  code: StatusNumber.INTERNAL,
  message: "the transport could not send the call",
};
