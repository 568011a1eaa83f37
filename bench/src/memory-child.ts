// A process whose memory is measured: `node --expose-gc memory-child.js server <peer>`, or
// `… streams <peer> <address> <connections> <each>`, or `… connections - <address> <count>`. Says
// where it listens, or that all is open, and after that responds to every message with what of it
// is resident, in bytes.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openIdleConnections } from "./idle-connections.js";
import { STREAM_OPENERS } from "./open-streams.js";
import { findPeer } from "./peers.js";

const SETTLE_MS = 500;
const PAGE_BYTES = 4_096;

const [role, peer = "", address = "", ...counts] = process.argv.slice(2);

async function start(): Promise<unknown> {
  if (role === "server") return (await findPeer(peer).server?.())?.startServer();
  const [first = 0, each = 0] = counts.map(Number);
  if (role === "connections") return openIdleConnections(address, first);
  const before = await resident();
  await Promise.all(Array.from({ length: first }, () => STREAM_OPENERS[peer]?.(address, each)));
  return before;
}

/** After what is dead was collected. Source: proc(5), `/proc/<pid>/statm`, field 2. */
async function resident(): Promise<number> {
  await sleep(SETTLE_MS);
  globalThis.gc?.();
  globalThis.gc?.();
  await sleep(SETTLE_MS);
  return Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]) * PAGE_BYTES;
}

process.on("disconnect", () => process.exit(0));
process.on("message", () => void resident().then((bytes) => process.send?.(bytes)));
start().then(
  (result) => process.send?.(result ?? "open"),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
