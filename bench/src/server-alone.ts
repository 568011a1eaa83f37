import { readFileSync } from "node:fs";
import { startChild } from "./child.js";
import { buildCppServer, missingForCpp, type RunningServer, startCppServer } from "./cpp-server.js";
import { GetRequest, GetResponse } from "./gen/tightwire/bench/v1/bench.js";
import { type H2loadWindow, h2load, hasH2load } from "./h2load.js";
import { oneCall } from "./one-call.js";
import { OWN_PEER } from "./peers.js";
import { type RatioResult, ratioOf } from "./result.js";
import type { ServerResult } from "./results-file.js";
import { orderOf } from "./rounds.js";
import { sampleGetResponse } from "./sample.js";
import { median, round1 } from "./statistics.js";

const PEERS = ["grpc-js", "tightwire-grpc-js", "tightwire-wire"] as const;
const CASES = [
  { name: "server1", connections: 1 },
  { name: "server8", connections: 8 },
] as const;
const PATH = "/bench.v1.BenchService/Get";
const REQUEST: Uint8Array = GetRequest.encode({ id: "order-001" }).finish();
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

/** What servers alone have done, and Tightwire's beside each other one. */
export interface ServersAlone {
  readonly serverAlone: readonly ServerResult[];
  readonly ratios: readonly RatioResult[];
}

/**
 * Servers of several peers, and the C++ one where it can be built, each alone on a core under
 * h2load on another: in turns, medians.
 */
export async function measureServers(
  node: string,
  { rounds, seconds }: AloneEffort,
): Promise<ServersAlone> {
  if (!hasH2load()) {
    console.error("bench: no servers alone: there is no h2load (nghttp2-client)");
    return { serverAlone: [], ratios: [] };
  }
  const servers = await startServers(node);
  for (const { peer, address } of servers) await expectTheOrder(peer, address);
  const serverAlone: ServerResult[] = [];
  const ratios: RatioResult[] = [];
  for (const { name, connections } of CASES) {
    const samples = new Map<string, Sample[]>(servers.map(({ peer }) => [peer, []]));
    for (const server of servers) await warmUp(server, connections, seconds);
    for (let round = 0; round < rounds; round++) {
      for (const server of orderOf(servers, round))
        samples.get(server.peer)?.push(await sample(server, connections));
    }
    for (const [peer, taken] of samples) {
      serverAlone.push(summary(name, peer, taken));
      if (peer !== OWN_PEER)
        ratios.push(ratioOf(name, OWN_PEER, peer, asCalls(samples.get(OWN_PEER)), asCalls(taken)));
    }
  }
  for (const server of servers) server.stop();
  return { serverAlone, ratios };
}

/** h2load sees only that HTTP went well: whether it is the order that comes is looked at once. */
async function expectTheOrder(peer: string, address: string): Promise<void> {
  const response = await oneCall(address, PATH, REQUEST);
  const wanted = GetResponse.encode(sampleGetResponse("order-001")).finish();
  if (Buffer.compare(response, wanted) !== 0)
    throw new Error(`the server of ${peer} responds with something else`);
}

/** The processor time is the server's alone. */
function asCalls(samples: readonly Sample[] = []): Parameters<typeof ratioOf>[3] {
  return samples.map(({ perSecond, p50Us, cpuUs }) => ({ perSecond, p50Us, cpuUs }));
}

async function startServers(node: string): Promise<Server[]> {
  const servers: Server[] = [];
  for (const peer of PEERS) {
    const child = await startChild({
      role: "server",
      peer,
      address: undefined,
      node,
      nodeOptions: [],
      core: SERVER_CORE,
    });
    servers.push({
      peer,
      address: child.address ?? "",
      pid: child.pid,
      calls: FIRST_CALLS,
      stop: () => void child.stop(),
    });
  }
  const missing = missingForCpp();
  if (missing !== undefined) console.error(`bench: no C++ server: there is no ${missing}`);
  else
    servers.push({
      peer: "grpc-cpp",
      calls: FIRST_CALLS,
      ...(await startCppServer(buildCppServer(), SERVER_CORE)),
    });
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
  return h2load({
    address,
    path: PATH,
    message: REQUEST,
    connections,
    inFlight: IN_FLIGHT,
    calls,
    core: LOAD_CORE,
  });
}

function summary(
  name: ServerResult["case"],
  peer: string,
  samples: readonly Sample[],
): ServerResult {
  const of = (key: keyof Sample): number => round1(median(samples.map((one) => one[key])));
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

/**
 * Processor time of a process, user and system. Source: proc(5), `/proc/<pid>/stat`, fields 14 and
 * 15.
 */
function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
