import { type Clock, checkWait, type Listener, timerMs } from "@tightwire/core/runtime";

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

/** A streaming call in flight, which a stopping server tells to finish. */
export interface OpenStream {
  drain(): void;
}

/** What a server stops. */
export interface StopParts {
  /** Reports NOT_SERVING for everything. */
  readonly shutDownHealth: () => void;
  readonly listeners: readonly Listener[];
  readonly streams: ReadonlySet<OpenStream>;
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
  const closeAll = (): void => listeners.forEach((listener) => void listener.closeNow());
  force.addEventListener("abort", closeAll);
  const drained = listeners.map((listener) => listener.drain(Math.max(forcedAt - clock.now(), 0)));
  for (const stream of [...streams]) stream.drain();
  if (force.aborted) closeAll();
  await Promise.allSettled(drained);
  force.removeEventListener("abort", closeAll);
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
