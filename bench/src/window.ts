import type { Case } from "./cases.js";
import type { PeerClient } from "./peer.js";
import { percentile } from "./statistics.js";

/** What a client saw in one window of time. */
export interface Window {
  /** Calls, or messages of streams. */
  readonly count: number;
  readonly elapsedMs: number;
  /** Processor time of the client's process, user and system, in microseconds. */
  readonly cpuUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** No window makes more calls than this, however fast they are. */
const MAX_CALLS = 2_000_000;
/** Latencies after so many are not kept. */
const MAX_LATENCIES = 4_000_000;

/**
 * Keeps `inFlight` calls going for so many seconds, and waits for those on their way. Rejects with
 * the first call that fails.
 */
export async function measureWindow(
  client: PeerClient,
  load: Case,
  seconds: number,
): Promise<Window> {
  const latencies: number[] = [];
  const timed = (ms: number): void => {
    if (latencies.length < MAX_LATENCIES) latencies.push(ms);
  };
  let count = 0;
  let calls = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const until = started + seconds * 1000;
  async function repeat(): Promise<void> {
    while (performance.now() < until && calls++ < MAX_CALLS) {
      const units = await load.call(client, timed);
      count += units;
    }
  }
  await Promise.all(Array.from({ length: load.inFlight }, repeat));
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = Float64Array.from(latencies).sort();
  return {
    count,
    elapsedMs,
    cpuUs: user + system,
    p50Us: percentile(sorted, 0.5) * 1000,
    p99Us: percentile(sorted, 0.99) * 1000,
  };
}
