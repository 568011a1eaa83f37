import {
  type CallHandle,
  type Clock,
  IdleTimer,
  MarkedValues,
  StatusNumber,
} from "@tightwire/core/runtime";

/** What all runs of a streaming call share: the idle timeout, and the values of redacted fields. */
export class StreamActivity {
  /** What redacted fields of its messages held, for errors that quote them. */
  marked: MarkedValues | undefined = undefined;
  /** Requests that can be iterated over once, and were. */
  consumedRequests: unknown = undefined;
  /** The idle timeout. */
  readonly idleMs: number;
  readonly #idle: IdleTimer;

  /** Starts the idle timeout, which cancels `call`. */
  constructor(call: CallHandle, clock: Clock, idleMs: number) {
    this.idleMs = idleMs;
    this.#idle = new IdleTimer(clock, idleMs, () =>
      call.cancel({
        code: StatusNumber.DEADLINE_EXCEEDED,
        message: `the stream was silent for ${idleMs} ms, its idle timeout`,
      }),
    );
  }

  /** Something was sent or received: the idle timeout starts again. */
  touch(): void {
    this.#idle.touch();
  }

  /** Keeps what the redacted fields of a message hold. */
  mark(redactedPaths: readonly string[], message: unknown): void {
    if (redactedPaths.length === 0) return;
    this.marked ??= new MarkedValues();
    this.marked.add(redactedPaths, message);
  }

  stop(): void {
    this.#idle.stop();
  }
}
