import { type Channel, createClient } from "@tightwire/client";
import { type Observer, RpcError } from "@tightwire/core";
import { type SimulatedHost, simulate, type World } from "@tightwire/testing";
import { PORT, serveWork, TIMEOUT_MS, type Work, WorkService } from "./service.js";

/** Calls while things go wrong, and afterwards. */
const TROUBLED_CALLS = 200;
const HEALED_CALLS = 60;
const FAULTS = 4;
/** Faults begin within this time, and last for so long at most. */
const FAULTS_MS = 60_000;
const LONGEST_MS = 20_000;
/**
 * So long after the last fault every call succeeds, and every instance serves some: a dead
 * connection is found within 6.5 s, backoff and the time for which an endpoint is set aside end
 * after 10 and 37.5 s, a name is looked up again after 30 s, and an average of 10 s fades in 30 s.
 */
const HEALED_AFTER_MS = 45_000;
/** For so long one host is gone without a word. */
const GONE_MS = 30_000;
/** Half of a call's time, the connect timeout, and the time of a fault that slows the link. */
const FOUND_MS = 8_000;
/** A deadline fires at most one tick of the wheel late. */
const LATE_MS = 9;
const BALANCERS = ["least-loaded", "round-robin"] as const;

/** What one seed, or many, came to. */
export interface Totals {
  calls: number;
  ok: number;
  endpoints: number;
  /** Times that an endpoint was seen set aside. */
  setAside: number;
  readonly failures: Map<string, number>;
  readonly faults: Map<string, number>;
}

export function noTotals(): Totals {
  return { calls: 0, ok: 0, endpoints: 0, setAside: 0, failures: new Map(), faults: new Map() };
}

function count(of: Map<string, number>, name: string): void {
  of.set(name, (of.get(name) ?? 0) + 1);
}

/**
 * One world: some instances of a service, a channel that calls them, faults as the seed says, and
 * what must hold. Rejects with a SimulationError when something does not.
 */
export async function runSeed(seed: number, totals: Totals): Promise<readonly string[]> {
  return simulate({ seed }, (world) => troubled(world, totals));
}

async function troubled(world: World, totals: Totals): Promise<void> {
  const { random } = world;
  const names = Array.from({ length: 3 + random.below(4) }, (_, index) => `work-${index + 1}`);
  const ran = new Map<number, number>();
  const servedBy = new Map<string, number>();
  const sick = new Set<string>();
  const hosts = names.map((name) => {
    const takesMs = 2 + random.below(8);
    return world.host(name, (process) =>
      serveWork(process, takesMs, (number) => {
        if (sick.has(name)) throw new RpcError("unavailable", "it is sick");
        ran.set(number, (ran.get(number) ?? 0) + 1);
        servedBy.set(name, (servedBy.get(name) ?? 0) + 1);
      }),
    );
  });
  const attempts = new Attempts(world);
  const channel = world.host("shop").process.channel(`dns:///work:${PORT}`, {
    balancer: random.pick(BALANCERS),
    observers: [attempts.observer],
  });
  const calls = new Calls(world, channel, totals);
  holdInvariants(world, channel, ran, totals);

  const [first] = hosts;
  const others = names.slice(1);
  const planned = world.planFaults({
    count: FAULTS,
    hosts: others,
    links: others.map((name) => [name, "shop"] as const),
    withinMs: FAULTS_MS,
    longestMs: LONGEST_MS,
  });
  for (const { kind } of planned) count(totals.faults, kind);
  totals.endpoints += names.length;
  await Promise.all([
    calls.make(TROUBLED_CALLS, FAULTS_MS),
    changeName(world, names),
    fallSick(world, names, sick),
    loseHost(world, first as SimulatedHost, channel, attempts),
  ]);
  await world.faultsOver();
  await calls.make(HEALED_CALLS, HEALED_AFTER_MS);

  servedBy.clear();
  const failed = await calls.make(HEALED_CALLS, HEALED_AFTER_MS);
  if (failed > 0) throw new Error(`${failed} calls failed although every fault is over`);
  const starved = names.filter((name) => !servedBy.has(name));
  if (starved.length > 0) throw new Error(`no call goes to ${starved.join(", ")} any more`);
  await channel.close();
}

/** The name lacks its last instance at first, and any other one for a while. */
async function changeName(world: World, names: readonly string[]): Promise<void> {
  const { random } = world;
  world.setName("work", names.slice(0, -1));
  await world.sleep(random.next() * FAULTS_MS);
  const without = random.pick(names);
  world.setName(
    "work",
    names.filter((name) => name !== without),
  );
  await world.sleep(10_000 + random.next() * FAULTS_MS);
  world.setName("work", names);
}

/** Calls of some instances, or all of them, fail for a while: their database is gone. */
async function fallSick(world: World, names: readonly string[], sick: Set<string>): Promise<void> {
  const { random } = world;
  await world.sleep(random.next() * FAULTS_MS);
  const share = random.next() * 2;
  for (const name of names) if (random.next() < share) sick.add(name);
  world.note(`sick: ${[...sick].join(", ")}`);
  await world.sleep(random.next() * LONGEST_MS);
  sick.clear();
}

/** A host is gone without a word: a call that it does not respond to must find that out. */
async function loseHost(
  world: World,
  host: SimulatedHost,
  channel: Channel,
  attempts: Attempts,
): Promise<void> {
  const atMs = Math.round(world.random.next() * (FAULTS_MS - GONE_MS));
  world.plan({ kind: "vanish", hosts: [host.name], atMs, forMs: GONE_MS });
  await world.sleep(atMs + GONE_MS - 1);
  if (host.isRunning) return; // when the fault is left out, to find those that matter
  const address = `${host.address}:${PORT}`;
  const asked = attempts.firstAfter(address, atMs);
  const status = channel.endpoints().find((one) => one.address === address);
  if (asked !== undefined && asked < world.now() - FOUND_MS && status?.state === "ready")
    throw new Error(`${host.name} is gone and was asked at ${asked} ms, and is ready`);
}

/** When attempts were sent where. */
class Attempts {
  readonly observer: Observer;
  readonly #sent: { readonly endpoint: string; readonly at: number }[] = [];

  constructor(world: World) {
    this.observer = {
      started: () => ({
        attempt: (endpoint) => void this.#sent.push({ endpoint, at: world.now() }),
        finished() {},
      }),
    };
  }

  /** When the first was sent to an endpoint after some time; undefined if none was. */
  firstAfter(endpoint: string, ms: number): number | undefined {
    return this.#sent.find((one) => one.endpoint === endpoint && one.at > ms)?.at;
  }
}

function holdInvariants(
  world: World,
  channel: Channel,
  ran: ReadonlyMap<number, number>,
  totals: Totals,
): void {
  world.invariant("no call is run twice", () => {
    for (const [number, times] of ran)
      if (times > 1) return `call ${number} was run ${times} times`;
    return undefined;
  });
  let before = 0;
  world.invariant("at most half of the endpoints are set aside", () => {
    const endpoints = channel.endpoints();
    const aside = endpoints.filter(({ state }) => state === "set-aside").length;
    if (aside > before) totals.setAside += aside - before;
    before = aside;
    return aside <= endpoints.length / 2 ? undefined : `${aside} of ${endpoints.length} are`;
  });
}

/** The calls of one world. */
class Calls {
  readonly #world: World;
  readonly #totals: Totals;
  readonly #client: Work;
  #made = 0;

  constructor(world: World, channel: Channel, totals: Totals) {
    this.#world = world;
    this.#totals = totals;
    this.#client = createClient(WorkService, channel);
  }

  /** Makes calls at any moments within some time; tells how many failed. */
  async make(calls: number, withinMs: number): Promise<number> {
    const { random } = this.#world;
    const results = await Promise.all(
      Array.from({ length: calls }, () => this.#one(random.next() * withinMs)),
    );
    return results.filter((ok) => !ok).length;
  }

  async #one(afterMs: number): Promise<boolean> {
    await this.#world.sleep(afterMs);
    const startedAt = this.#world.now();
    const number = ++this.#made;
    this.#totals.calls++;
    const ok = await this.#client.do({ number }).then(
      () => true,
      (error: unknown) => {
        count(this.#totals.failures, error instanceof RpcError ? error.code : String(error));
        return false;
      },
    );
    const tookMs = this.#world.now() - startedAt;
    if (tookMs > TIMEOUT_MS + LATE_MS)
      throw new Error(`call ${number} took ${tookMs} ms of ${TIMEOUT_MS}`);
    if (ok) this.#totals.ok++;
    return ok;
  }
}
