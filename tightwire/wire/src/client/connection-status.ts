import {
  type Clock,
  type ConnectionState,
  type Status,
  StatusNumber,
  timerMs,
} from "@tightwire/core/runtime";

/**
 * How far a client's connection is in its life (`ready`, `draining`, `closed`; never back), and who
 * waits for its last call.
 */
export class ConnectionStatus {
  readonly #changed: (state: ConnectionState, why: Status) => void;
  #state: ConnectionState = "ready";
  #whenIdle: (() => void) | undefined = undefined;

  constructor(changed: (state: ConnectionState, why: Status) => void) {
    this.#changed = changed;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether the connection closes by itself after its last call: nobody waits to close it. */
  get closesWhenIdle(): boolean {
    return this.#state === "draining" && this.#whenIdle === undefined;
  }

  set(state: ConnectionState, why: Status): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#changed(state, why);
  }

  /** No call is in flight any more. */
  idle(): void {
    this.#whenIdle?.();
  }

  /** Resolves when {@link idle} is told, or after `graceMs`. */
  waitUntilIdle(clock: Clock, graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = clock.setTimer(resolve, timerMs(graceMs));
      const before = this.#whenIdle; // it may be closed again, with less time
      this.#whenIdle = () => {
        before?.();
        timer.cancel();
        resolve();
      };
    });
  }
}

/** This side closed the connection. */
export const CLOSED: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection was closed",
};
/** No stream ids are left: the channel makes a new connection. */
export const USED_UP: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the connection has no stream ids left",
};
/** The server sent GOAWAY. */
export const GOING_AWAY: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the server is shutting down",
};
