import { createVirtualClock } from "../virtual-clock.js";
import { type Fault, formatFault } from "./fault.js";
import { SimulatedWorld, type World, type WorldRecord } from "./world.js";

/** What a simulation is. */
export interface SimulationOptions {
  /** Decides everything that chance decides: the same seed gives the same log, byte for byte. */
  readonly seed: number;
  /** How much time may pass in the world, in hours. Default 1. */
  readonly hours?: number;
  /**
   * Whether a run that fails is repeated with fewer faults, to find those that matter. Default
   * true.
   */
  readonly shrink?: boolean;
}

/** A simulation that failed: its message has the seed, the faults that matter, the last lines. */
export class SimulationError extends Error {
  override readonly name = "SimulationError";
  readonly seed: number;
  /** The log of the run with the fewest faults that fails. */
  readonly log: readonly string[];
  /** The faults of that run. */
  readonly faults: readonly Fault[];

  constructor(seed: number, { log, faults }: WorldRecord, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const lines = [
      `seed ${seed}: ${reason}`,
      ...(faults.length === 0 ? [] : ["with these faults:"]),
      ...faults.map((fault) => `  ${formatFault(fault)}`),
      `the last of ${log.length} lines:`,
      ...log.slice(-LAST_LINES),
    ];
    super(lines.join("\n"), { cause });
    this.seed = seed;
    this.log = log;
    this.faults = faults;
  }
}

const LAST_LINES = 40;
/** A run that fails is repeated at most so often. */
const MAX_REPEATS = 60;
const MS_PER_HOUR = 3_600_000;

/**
 * Runs `body` in a simulated world: any number of servers and clients over the real wire, in
 * virtual time, on a network whose faults the seed decides. Resolves to the log. Rejects with a
 * {@link SimulationError} when `body` or an invariant fails, when the time is over, or when
 * something is left at the end: calls, timers or connections. `body` closes the channels that it
 * opens; what it awaits must come of the world, not of sockets, files or timers of the process.
 *
 * ```ts
 * await simulate({ seed: 7 }, async (world) => {
 *   world.host("catalog", (process) => {
 *     const server = createServer({ ...process.system }).add(CatalogService, handlers);
 *     return process.serve(server, 50051);
 *   });
 *   const channel = world.host("shop").process.channel("dns:///catalog:50051");
 *   await createClient(CatalogService, channel).getProduct({ id: "alien" });
 *   await channel.close();
 * });
 * ```
 */
export async function simulate(
  options: SimulationOptions,
  body: (world: World) => Promise<void>,
): Promise<readonly string[]> {
  const { seed, hours = 1, shrink = true } = options;
  const run = (leftOut: ReadonlySet<number>) => runOnce(seed, hours * MS_PER_HOUR, leftOut, body);
  const first = await run(new Set());
  if (first.failure === undefined) return first.log;
  const smallest = shrink ? await withFewerFaults(first, run) : first;
  throw new SimulationError(seed, smallest, smallest.failure?.error);
}

interface RunRecord extends WorldRecord {
  /** How many faults were planned. */
  readonly planned: number;
  readonly failure: { readonly error: unknown } | undefined;
}

/** Leaves out one fault after the other, as long as the run still fails. */
async function withFewerFaults(
  first: RunRecord,
  run: (leftOut: ReadonlySet<number>) => Promise<RunRecord>,
): Promise<RunRecord> {
  let smallest = first;
  const leftOut = new Set<number>();
  const faults = Math.min(first.planned, MAX_REPEATS);
  for (let index = faults - 1; index >= 0; index--) {
    leftOut.add(index);
    const without = await run(leftOut);
    if (without.failure === undefined) leftOut.delete(index);
    else smallest = without;
  }
  return smallest;
}

async function runOnce(
  seed: number,
  limitMs: number,
  leftOut: ReadonlySet<number>,
  body: (world: World) => Promise<void>,
): Promise<RunRecord> {
  const clock = createVirtualClock();
  const world = new SimulatedWorld(seed, clock, leftOut);
  let failure: { readonly error: unknown } | undefined;
  try {
    let over = false;
    let thrown: { readonly error: unknown } | undefined;
    body(world).then(
      () => {
        over = true;
      },
      (error: unknown) => {
        over = true;
        thrown = { error };
      },
    );
    for (let steps = 0; ; steps++) {
      await promisesRun();
      world.check();
      if (over) break;
      if (world.now() > limitMs)
        throw new Error(`the test has not ended after ${limitMs / MS_PER_HOUR} hours of the world`);
      if (steps > MAX_STEPS) throw new Error(`the test has not ended after ${MAX_STEPS} steps`);
      if (!clock.step()) throw new Error("the test waits for something that cannot come");
    }
    if (thrown !== undefined) throw thrown.error;
    // What was closed says goodbye to its peers.
    for (const until = world.now() + GOODBYE_MS; world.now() < until && clock.step(); )
      await promisesRun();
    world.check();
    world.checkEnd();
  } catch (error) {
    failure = { error };
  }
  const faults = world.faults.filter((_, index) => !leftOut.has(index));
  return { log: world.log, faults, planned: world.faults.length, failure };
}

/** More callbacks than any test needs: something runs in circles. */
const MAX_STEPS = 50_000_000;
/** Closing takes a moment: a GOAWAY, and the end of a connection. */
const GOODBYE_MS = 30_000;

/** Resolves when every promise that can go on has gone on: ticks run when no promise is left. */
function promisesRun(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
