import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "@tightwire/testing";
import { wire } from "@tightwire/wire/server";
import { createSoakBooks, type SoakBooks } from "./soak-books.js";
import { soakCall } from "./soak-call.js";
import { keepConnections, type SoakConnections } from "./soak-connections.js";
import { soakAcceptor } from "./soak-handler.js";
import { soakPlan } from "./soak-plan.js";
import { openRelay, type SoakRelay } from "./soak-relay.js";

/** How long and how hard. */
export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  /** After so long the first moment of rest comes; the last one is at the end. */
  readonly firstRestSeconds: number;
  /** Called at rest, with no call in flight: once early, once at the end. */
  readonly atRest: () => void | Promise<void>;
  /** Called every minute, under load. */
  readonly eachMinute: (calls: number, made: number) => void;
}

/** What came of a soak. */
export interface SoakResult {
  readonly client: SoakBooks;
  readonly server: SoakBooks;
  readonly connections: number;
  /** Before and after; undefined where the system does not tell. */
  readonly descriptorsBefore: number | undefined;
  readonly descriptorsAfter: number | undefined;
  /** Sockets that are still there. */
  readonly socketsAfter: number;
}

const IN_FLIGHT = 64;
const CONNECTIONS = 4;
const CUT_EVERY_MS = 700;
const CLOSE_EVERY_MS = 1_100;
/** Connections of this age are drained: GOAWAY in two steps, again and again. */
const MAX_AGE_MS = 2_500;
/** Closed sockets linger for a second; handlers run on for less. */
const AFTERWARDS_MS = 1_500;

/**
 * Runs calls of all kinds over sockets, with everything that goes wrong between peers, and keeps
 * the books.
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  await firstSocket();
  const descriptorsBefore = countDescriptors();
  const server = createSoakBooks();
  const client = createSoakBooks();
  const listener = await wire({
    maxConnectionAgeMs: MAX_AGE_MS,
    maxConnectionAgeGraceMs: 500,
  }).listen("127.0.0.1:0", soakAcceptor(server));
  const relay = await openRelay(listener.address);
  const random = createRandom(options.seed);
  const connections = keepConnections(relay.address, CONNECTIONS, random);
  const minutes = setInterval(() => options.eachMinute(client.ended, connections.made), 60_000);
  await load(options.firstRestSeconds, options.seed, relay, connections, client);
  await rest(options, client);
  await load(
    options.seconds - options.firstRestSeconds,
    options.seed + 1,
    relay,
    connections,
    client,
  );
  clearInterval(minutes);
  await rest(options, client);
  await connections.close();
  await listener.drain(1_000);
  await relay.close();
  await sleep(AFTERWARDS_MS);
  const { open: socketsAfter } = relay;
  return {
    client,
    server,
    connections: connections.made,
    descriptorsBefore,
    descriptorsAfter: countDescriptors(),
    socketsAfter,
  };
}

async function load(
  seconds: number,
  seed: number,
  relay: SoakRelay,
  connections: SoakConnections,
  books: SoakBooks,
): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  const cuts = setInterval(() => relay.cutOne(), CUT_EVERY_MS);
  const closes = setInterval(() => connections.closeOne(), CLOSE_EVERY_MS);
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async (_, caller) => {
      const random = createRandom(seed * IN_FLIGHT + caller);
      while (performance.now() < until)
        await soakCall(await connections.pick(), soakPlan(random), books);
    }),
  );
  clearInterval(cuts);
  clearInterval(closes);
}

async function rest({ atRest }: SoakOptions, { begun, ended }: SoakBooks): Promise<void> {
  if (begun !== ended) throw new Error(`${begun} calls began and ${ended} ended`);
  await sleep(AFTERWARDS_MS);
  await atRest();
}

/** The first socket of a process opens a descriptor that stays: libuv keeps one in reserve. */
function firstSocket(): Promise<void> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => server.close(() => resolve())),
  );
}

function countDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}
