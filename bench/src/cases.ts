import type { PeerClient } from "./peer.js";

/** A kind of load. */
export interface Case {
  readonly name: string;
  /** Calls at once. */
  readonly inFlight: number;
  /** What `perSecond` and the processor time are counted by: calls, or messages of streams. */
  readonly unit: "call" | "message";
  /** What the latencies are of. */
  readonly timed: string;
  /** Whether calls carry headers as in life; see `headers.ts`. */
  readonly lifeHeaders: boolean;
  /**
   * One call. Tells `timed` of each latency, in milliseconds, and resolves to how many units it
   * was; rejects when the response is not right.
   */
  readonly call: (client: PeerClient, timed: (ms: number) => void) => Promise<number>;
}

const LIST_ITEMS = 500;
const WATCH_MESSAGES = 1_000;
const CHAT_MESSAGES = 100;

/** All kinds of load. */
export const CASES: readonly Case[] = [
  { name: "get", inFlight: 64, unit: "call", timed: "a call", lifeHeaders: false, call: get },
  { name: "get-life", inFlight: 64, unit: "call", timed: "a call", lifeHeaders: true, call: get },
  { name: "get1", inFlight: 1, unit: "call", timed: "a call", lifeHeaders: false, call: get },
  { name: "get256", inFlight: 256, unit: "call", timed: "a call", lifeHeaders: false, call: get },
  { name: "list", inFlight: 64, unit: "call", timed: "a call", lifeHeaders: false, call: list },
  {
    name: "watch",
    inFlight: 8,
    unit: "message",
    timed: `a stream of ${WATCH_MESSAGES} messages`,
    lifeHeaders: false,
    call: watch,
  },
  {
    name: "chat",
    inFlight: 64,
    unit: "message",
    timed: "a message and its response",
    lifeHeaders: false,
    call: chat,
  },
];

/** The case of that name. Throws an Error that lists the names there are. */
export function findCase(name: string): Case {
  const found = CASES.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(
      `there is no case "${name}"; there are ${CASES.map((one) => one.name).join(", ")}`,
    );
  return found;
}

async function get(client: PeerClient, timed: (ms: number) => void): Promise<number> {
  const started = performance.now();
  const { order } = await client.get("order-001");
  timed(performance.now() - started);
  expectCount(order?.items.length, 5);
  return 1;
}

async function list(client: PeerClient, timed: (ms: number) => void): Promise<number> {
  const started = performance.now();
  const { items } = await client.list(LIST_ITEMS);
  timed(performance.now() - started);
  expectCount(items.length, LIST_ITEMS);
  return 1;
}

async function watch(client: PeerClient, timed: (ms: number) => void): Promise<number> {
  const started = performance.now();
  const seen = await client.watch(WATCH_MESSAGES);
  timed(performance.now() - started);
  expectCount(seen, WATCH_MESSAGES);
  return seen;
}

async function chat(client: PeerClient, timed: (ms: number) => void): Promise<number> {
  let sentAt = performance.now();
  const seen = await client.chat(CHAT_MESSAGES, () => {
    const now = performance.now();
    timed(now - sentAt);
    sentAt = now;
  });
  expectCount(seen, CHAT_MESSAGES);
  return seen;
}

function expectCount(found: number | undefined, wanted: number): void {
  if (found !== wanted) throw new Error(`a response holds ${found} where ${wanted} were asked for`);
}
