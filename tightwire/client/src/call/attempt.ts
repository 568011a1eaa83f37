import {
  type Completion,
  type Connection,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";

/**
 * One try of a call at one endpoint. It owns the transport's handle, is the transport's sink, and
 * tells its call how it went. One that the peer never processed may be sent once more, over another
 * connection.
 */
export interface Attempt {
  /** Sends the call over a connection. */
  send(connection: Connection): void;
  /** Cancels what is in flight: the call has then finished. False when nothing is in flight. */
  cancel(status: Status): boolean;
  /** The run that made this attempt is finished; so is its call, unless another run follows. */
  runFinished(): void;
}

/** How often a call that its peer never processed is sent again. */
const MAX_UNPROCESSED = 3;

/**
 * Whether a call is sent again after an attempt finished with `completion`: the peer never
 * processed it, and there is time. `attempts` is how many were made.
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
