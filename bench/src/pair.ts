import type { Case } from "./cases.js";
import { type Build, type Child, startChild } from "./child.js";
import type { Role } from "./messages.js";
import type { Peer } from "./peer.js";

/** A peer's server and client, running. */
export interface Pair {
  readonly peer: string;
  /** The version of Node.js that both run on. */
  readonly node: string;
  /** One window of load; rejects when a call in it fails. */
  measure(load: Case, seconds: number): Promise<Sample>;
  stop(): Promise<void>;
}

/** One window of one peer. */
export interface Sample {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Undefined when the server has no process of its own: its time is then in the client's. */
  readonly serverCpuUsPerCall: number | undefined;
  readonly clientCpuUsPerCall: number;
}

/** How the processes of pairs are started. */
export interface PairSettings {
  /** The node binary. */
  readonly node: string;
  /** Whether servers stay on core 0 and clients on core 1. */
  readonly pinned: boolean;
  /** More options for node, by peer and role. */
  readonly nodeOptions: (peer: string, role: Role) => readonly string[];
  /** The build that both run. Default: the one that this program belongs to. */
  readonly build?: Build | undefined;
}

const USAGE_TIMEOUT_MS = 10_000;
/** How long calls in flight at the end of a window may take: longer than any deadline. */
const WINDOW_GRACE_MS = 70_000;

/** Starts both processes of a peer. */
export async function startPair(peer: Peer, settings: PairSettings): Promise<Pair> {
  const start = (role: Role, address: string | undefined): Promise<Child> =>
    startChild({
      role,
      peer: peer.name,
      address,
      node: settings.node,
      nodeOptions: settings.nodeOptions(peer.name, role),
      build: settings.build,
      core: settings.pinned ? (role === "server" ? 0 : 1) : undefined,
    });
  const server = peer.server === undefined ? undefined : await start("server", undefined);
  const client = await start("client", server?.address).catch(async (error: unknown) => {
    await server?.stop();
    throw error;
  });
  return {
    peer: peer.name,
    node: client.node,
    measure: (load, seconds) => measure(server, client, load, seconds),
    async stop() {
      await client.stop();
      await server?.stop();
    },
  };
}

async function measure(
  server: Child | undefined,
  client: Child,
  load: Case,
  seconds: number,
): Promise<Sample> {
  const before = server === undefined ? 0 : await cpuUs(server);
  const answer = await client.ask(
    { ask: "window", load: load.name, seconds },
    seconds * 1000 + WINDOW_GRACE_MS,
  );
  const after = server === undefined ? 0 : await cpuUs(server);
  if (answer.say !== "window")
    throw new Error(`asked for a window, the client said "${answer.say}"`);
  const { window } = answer;
  return {
    perSecond: (window.count * 1000) / window.elapsedMs,
    p50Us: window.p50Us,
    p99Us: window.p99Us,
    serverCpuUsPerCall: server === undefined ? undefined : (after - before) / window.count,
    clientCpuUsPerCall: window.cpuUs / window.count,
  };
}

async function cpuUs(child: Child): Promise<number> {
  const answer = await child.ask({ ask: "usage" }, USAGE_TIMEOUT_MS);
  if (answer.say !== "usage") throw new Error(`asked for its usage, a child said "${answer.say}"`);
  return answer.cpuUs;
}
