// One half of one peer, in a process of its own:
// `node child-main.js server|client <peer> [address]`.
import { findCase } from "./cases.js";
import { lifeHeaders } from "./headers.js";
import type { Answer, Question } from "./messages.js";
import type { PeerClient } from "./peer.js";
import { findPeer } from "./peers.js";
import { measureWindow } from "./window.js";

/** A child that nobody has ended by then ends itself. */
const LIFETIME_MS = 60 * 60_000;

const [role, peerName = "", address] = process.argv.slice(2);

/** Node's version as Node writes it (`v24.1.0`), or the name and version of another runtime. */
function versionOfRuntime(): string {
  const { bun, deno } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? process.version : `Deno ${deno}`;
}

function say(answer: Answer): void {
  process.send?.(answer);
}

/**
 * A client of the peer whose calls carry few headers, and one whose calls carry those of life: each
 * connects when it is first asked for.
 */
interface Clients {
  plain(): Promise<PeerClient>;
  life(): Promise<PeerClient>;
}

function connectLater(connect: () => Promise<PeerClient>): () => Promise<PeerClient> {
  let client: Promise<PeerClient> | undefined;
  return () => {
    client ??= connect();
    return client;
  };
}

async function start(): Promise<Clients | undefined> {
  const peer = findPeer(peerName);
  if (role === "client") {
    const { connectClient } = await peer.client();
    const plain = connectLater(() => connectClient(address, undefined));
    await (await plain()).get("order-001");
    say({ say: "ready", address: undefined, node: versionOfRuntime() });
    return { plain, life: connectLater(() => connectClient(address, lifeHeaders())) };
  }
  if (peer.server === undefined) throw new Error(`${peerName} has no server of its own`);
  say({
    say: "ready",
    address: await (await peer.server()).startServer(),
    node: versionOfRuntime(),
  });
  return undefined;
}

async function answer(question: Question, clients: Clients | undefined): Promise<void> {
  if (question.ask === "stop") process.exit(0);
  if (question.ask === "usage") {
    const { user, system } = process.cpuUsage();
    return say({ say: "usage", cpuUs: user + system });
  }
  if (clients === undefined) throw new Error("a server makes no calls");
  const load = findCase(question.load);
  const client = await (load.lifeHeaders ? clients.life() : clients.plain());
  say({ say: "window", window: await measureWindow(client, load, question.seconds) });
}

function fail(error: unknown): void {
  say({
    say: "failed",
    why: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}

process.on("disconnect", () => process.exit(0));
// The terminal sends it to the whole group; the first process ends its children itself.
process.on("SIGINT", () => {});
setTimeout(() => process.exit(1), LIFETIME_MS).unref();
start().then(
  (clients) =>
    process.on("message", (question: Question) => void answer(question, clients).catch(fail)),
  fail,
);
