import { readFileSync } from "node:fs";
import { startChild } from "./child.js";
import { buildCppServer, missingForCpp, type RunningServer, startCppServer } from "./cpp-server.js";
import { GetRequest } from "./gen/tightwire/bench/v1/bench.js";
import { type H2loadWindow, h2load, hasH2load } from "./h2load.js";
import type { ServerResult } from "./results-file.js";
import { orderOf } from "./rounds.js";
import { median } from "./statistics.js";

const PEERS = ["grpc-js", "tightwire-grpc-js", "tightwire-wire"] as const;
const CASES = [
  { name: "server1", connections: 1 },
  { name: "server8", connections: 8 },
] as const;
const IN_FLIGHT = 64;
const SERVER_CORE = 0;
const LOAD_CORE = 1;
const FIRST_CALLS = 1_000;
/** Ticks of a processor's clock in `/proc`: 100 a second on Linux. */
const TICK_US = 10_000;

/** How much is measured. */
export interface AloneEffort {
  readonly rounds: number;
  readonly seconds: number;
}

interface Server extends RunningServer {
  readonly peer: string;
  /** How many calls fill a window. */
  calls: number;
}

type Sample = H2loadWindow & { readonly cpuUs: number };

/** Servers of several peers, and the C++ one where it can be built, each alone on a core under h2load on another: in turns, medians. */
export async function measureServers(node: string, { rounds, seconds }: AloneEffort): Promise<ServerResult[]> {
  if (!hasH2load()) {
    console.error("bench: no servers alone: there is no h2load (nghttp2-client)");
    return [];
  }
  const servers = await startServers(node);
  const results: ServerResult[] = [];
  for (const { name, connections } of CASES) {
    const samples = new Map<string, Sample[]>(servers.map(({ peer }) => [peer, []]));
    for (const server of servers) await warmUp(server, connections, seconds);
    for (let round = 0; round < rounds; round++) {
      for (const server of orderOf(servers, round)) samples.get(server.peer)?.push(await sample(server, connections));
    }
    for (const [peer, taken] of samples) results.push(summary(name, peer, taken));
  }
  for (const server of servers) server.stop();
  return results;
}

async function startServers(node: string): Promise<Server[]> {
  const servers: Server[] = [];
  for (const peer of PEERS) {
    const child = await startChild({ role: "server", peer, address: undefined, node, nodeOptions: [], core: SERVER_CORE });
    servers.push({ peer, address: child.address ?? "", pid: child.pid, calls: FIRST_CALLS, stop: () => void child.stop() });
  }
  const missing = missingForCpp();
  if (missing !== undefined) console.error(`bench: no C++ server: there is no ${missing}`);
  else servers.push({ peer: "grpc-cpp", calls: FIRST_CALLS, ...(await startCppServer(buildCppServer(), SERVER_CORE)) });
  return servers;
}

/** Until it is known how many calls fill a window. */
async function warmUp(server: Server, connections: number, seconds: number): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    const { perSecond } = await window(server, connections);
    server.calls = Math.max(FIRST_CALLS, Math.round((perSecond * seconds) / IN_FLIGHT) * IN_FLIGHT);
  }
}

async function sample(server: Server, connections: number): Promise<Sample> {
  const before = cpuUs(server.pid);
  const measured = await window(server, connections);
  return { ...measured, cpuUs: (cpuUs(server.pid) - before) / server.calls };
}

function window({ address, calls }: Server, connections: number): Promise<H2loadWindow> {
  const message = GetRequest.encode({ id: "order-001" }).finish();
  return h2load({ address, path: "/bench.v1.BenchService/Get", message, connections, inFlight: IN_FLIGHT, calls, core: LOAD_CORE });
}

function summary(name: ServerResult["case"], peer: string, samples: readonly Sample[]): ServerResult {
  const of = (key: keyof Sample): number => Math.round(median(samples.map((one) => one[key])) * 10) / 10;
  return {
    case: name,
    peer,
    rounds: samples.length,
    perSecond: of("perSecond"),
    p50Us: of("p50Us"),
    p99Us: of("p99Us"),
    serverCpuUsPerCall: of("cpuUs"),
  };
}

/** Processor time of a process, user and system. Source: proc(5), `/proc/<pid>/stat`, fields 14 and 15. */
function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
