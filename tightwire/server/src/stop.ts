import {
  type Clock,
  checkWait,
  type Listener,
  SHUTTING_DOWN,
  timerMs,
} from "@tightwire/core/runtime";
import type { OpenStreams } from "./open-streams.js";

/** How a server stops; all optional. */
export interface StopOptions {
  /**
   * How long the server still takes calls after it reports NOT_SERVING, so that balancers notice,
   * in milliseconds. Default 250.
   */
  readonly pauseMs?: number;
  /**
   * How long the whole stop may take, pause included, before the server cancels the calls that are
   * left, in milliseconds; `Infinity` for no limit. Default 10,000.
   */
  readonly graceMs?: number;
}

export const STOP_OPTION_NAMES: readonly string[] = ["pauseMs", "graceMs"];
const DEFAULT_PAUSE_MS = 250;
const DEFAULT_GRACE_MS = 10_000;

/** What a server stops. */
export interface StopParts {
  /** Reports NOT_SERVING for everything. */
  readonly shutDownHealth: () => void;
  readonly listeners: readonly Listener[];
  readonly streams: OpenStreams;
  /** Aborts to close everything at once. */
  readonly force: AbortSignal;
  readonly clock: Clock;
}

/** Throws a MisuseError for a wait that is negative or not a number. */
export function checkStopOptions({ pauseMs, graceMs }: StopOptions): void {
  checkWait("pauseMs", pauseMs);
  checkWait("graceMs", graceMs);
}

/** Stops a server as `Server.stop` describes. Never rejects. */
export async function stopServer(parts: StopParts, options: StopOptions): Promise<void> {
  const { shutDownHealth, listeners, streams, force, clock } = parts;
  const { pauseMs = DEFAULT_PAUSE_MS } = options;
  const graceMs = timerMs(options.graceMs ?? DEFAULT_GRACE_MS);
  const forcedAt = clock.now() + graceMs;
  shutDownHealth();
  await pause(clock, Math.min(pauseMs, graceMs), force);
  const leftMs = Math.max(forcedAt - clock.now(), 0);
  const closeAll = (): void => {
    streams.finish(SHUTTING_DOWN);
    for (const listener of listeners) void settled(() => listener.closeNow());
  };
  force.addEventListener("abort", closeAll);
  // Before the listeners close their connections at the same time: a caller gets the status.
  const timer = clock.setTimer(() => streams.finish(SHUTTING_DOWN), leftMs);
  const drained = listeners.map((listener) => settled(() => listener.drain(leftMs)));
  streams.drain();
  if (force.aborted) closeAll();
  await Promise.all(drained);
  timer.cancel();
  force.removeEventListener("abort", closeAll);
}

/** A listener that fails must not keep the others from closing. */
async function settled(close: () => Promise<void>): Promise<void> {
  try {
    await close();
  } catch {
    // It is closed as far as it can be.
  }
}

/** Waits `ms`, or until `force` aborts. */
function pause(clock: Clock, ms: number, force: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(finish, ms);
    function finish(): void {
      timer.cancel();
      force.removeEventListener("abort", finish);
      resolve();
    }
    force.addEventListener("abort", finish);
    if (force.aborted) finish();
  });
}
