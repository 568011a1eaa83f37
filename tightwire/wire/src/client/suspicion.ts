import type { Clock } from "@tightwire/core/runtime";
import { type FrameOutput, writePing } from "../frames/frame-writer.js";
import type { ConnectionTimers, TimerName } from "../session/connection-timers.js";
import type { FrameDispatcher } from "../session/frame-dispatcher.js";
import type { Keepalive } from "../session/keepalive.js";
import type { OpenStreams } from "../session/open-streams.js";
import type { ClientStream } from "./client-stream.js";

/** The shortest silence that is suspicious, and the longest: that of calls without a deadline. */
const MIN_SILENCE_MS = 1_000;
const MAX_SILENCE_MS = 0x3fff_ffff;
/**
 * PINGs that may follow the last HEADERS or DATA from the server. Servers of C-core and grpc-go
 * count more of them as abuse, and close the connection (`too_many_pings`).
 */
const MAX_FREE_PINGS = 2;
/** Between later PINGs, which these servers allow every 5 minutes while a stream is open. */
const PING_INTERVAL_MS = 360_000;
const PAYLOAD: Buffer = Buffer.from("suspects");

/** The connection that may be suspected. */
export interface SuspectedSession {
  readonly clock: Clock;
  readonly timers: ConnectionTimers;
  readonly keepalive: Keepalive;
  readonly frames: FrameDispatcher;
  readonly streams: OpenStreams;
  readonly output: FrameOutput;
  transportClosed(message: string): void;
}

/**
 * Finds out that a server is gone without a word. When nothing was heard for half of a call's time
 * after it was sent (at least 1 s; for a stream half of its idle timeout counts, too), one PING is
 * sent, also when that call has finished meanwhile. Whatever comes clears the suspicion; nothing
 * within `timeoutMs` closes the connection. Healthy and idle connections send no PING.
 *
 * For a call this costs a comparison and an assignment: the timer is set for the nearest moment,
 * and only when it runs out are the open calls looked at.
 */
export class Suspicion {
  readonly #session: SuspectedSession;
  readonly #timeoutMs: number;
  /** Whether a call was sent since the server was heard. */
  #unheard = false;
  /** The first such call's stream. */
  #firstUnheard = 0;
  /** When silence becomes suspicious for one of these calls, finished ones too. */
  #due = Number.POSITIVE_INFINITY;
  /** When the timer runs out. */
  #looksAt = Number.POSITIVE_INFINITY;
  #pings = 0;
  #pingedAt = Number.NEGATIVE_INFINITY;
  /** Whether a PING waits for its acknowledgement. */
  #suspects = false;

  /** `timeoutMs`: how long the acknowledgement may take. */
  constructor(session: SuspectedSession, timeoutMs: number) {
    this.#session = session;
    this.#timeoutMs = timeoutMs;
  }

  /** Bytes came. */
  heard(): void {
    this.#unheard = false;
  }

  /** The head of a call was written. */
  sent(one: ClientStream, now: number): void {
    const { deadline, idleTimeoutMs = Number.POSITIVE_INFINITY } = one.call;
    const half = Math.min(deadline - now, idleTimeoutMs) / 2;
    // A small integer: another number would be an object for each call.
    const silenceMs = Math.min(Math.max(half, MIN_SILENCE_MS), MAX_SILENCE_MS) | 0;
    const due = now + silenceMs;
    one.silenceMs = silenceMs;
    if (this.#unheard && due >= this.#due) return;
    if (!this.#unheard) this.#firstUnheard = one.stream.id;
    this.#unheard = true;
    this.#due = due;
    this.#look(due, now);
  }

  /** A PING of this side, other than for keepalive, was acknowledged. */
  acknowledged(): void {
    if (!this.#suspects) return;
    this.#suspects = false;
    this.#session.timers.stop("suspicion");
    this.#check();
  }

  /** A timer ran out that the session knows nothing of. */
  timedOut(timer: TimerName): void {
    if (timer === "suspicion") return this.#unacknowledged();
    this.#looksAt = Number.POSITIVE_INFINITY;
    if (!this.#suspects) this.#check();
  }

  /** Sends a PING if silence is suspicious by now, or sets the timer. */
  #check(): void {
    const { clock, keepalive } = this.#session;
    const now = clock.now();
    const due = this.#unheard
      ? Math.min(this.#due, keepalive.heardAt + this.#shortestSilence(this.#firstUnheard))
      : keepalive.heardAt + this.#shortestSilence();
    if (due > now) return this.#look(due, now);
    const mayPingAt = this.#mayPingAt();
    if (mayPingAt <= now) return this.#ping(now);
    // HEADERS or DATA may come before, and allow one.
    this.#due = Math.min(mayPingAt, now + this.#shortestSilence());
    this.#look(this.#due, now);
  }

  /** The shortest silence that is suspicious, of the calls that are open, on streams before one. */
  #shortestSilence(beforeStream: number = Number.POSITIVE_INFINITY): number {
    let shortest = Number.POSITIVE_INFINITY;
    for (const { id, owner } of this.#session.streams.all())
      if (id < beforeStream) shortest = Math.min(shortest, (owner as ClientStream).silenceMs);
    return shortest;
  }

  #mayPingAt(): number {
    const { frames, streams } = this.#session;
    if (frames.receivedSincePing) this.#pings = 0;
    if (this.#pings < MAX_FREE_PINGS) return 0;
    return streams.size > 0 ? this.#pingedAt + PING_INTERVAL_MS : Number.POSITIVE_INFINITY;
  }

  #look(at: number, now: number): void {
    if (at >= this.#looksAt) return;
    this.#looksAt = at;
    this.#session.timers.start("silence", at - now);
  }

  #ping(now: number): void {
    const { frames, output, timers } = this.#session;
    this.#pings++;
    this.#pingedAt = now;
    this.#suspects = true;
    frames.receivedSincePing = false;
    writePing(output, PAYLOAD, 0, false);
    timers.start("suspicion", this.#timeoutMs);
  }

  #unacknowledged(): void {
    this.#suspects = false;
    if (this.#session.keepalive.heardAt > this.#pingedAt) return this.#check();
    this.#session.transportClosed(
      `the connection was closed: the server did not acknowledge a PING within ${this.#timeoutMs} ms`,
    );
  }
}
