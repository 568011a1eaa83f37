import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { STREAM_OPENERS } from "./open-streams.js";
import type { MemoryResult } from "./results-file.js";

const COUNT = 10_000;
/** Streams are opened over so many connections. */
const CONNECTIONS = 10;
/** Descriptors that a process needs beside its connections. */
const SPARE_DESCRIPTORS = 200;
const TIMEOUT_MS = 180_000;

/**
 * How much memory a server takes for each of many idle connections, and both sides for each of many
 * open streams.
 */
export async function measureMemory(node: string, wanted: number = COUNT): Promise<MemoryResult[]> {
  const descriptors =
    Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" })) ||
    Number.POSITIVE_INFINITY;
  const count = Math.min(wanted, descriptors - SPARE_DESCRIPTORS);
  if (count < wanted)
    console.error(
      `bench: ${count} idle connections, as a process may have ${descriptors} descriptors`,
    );
  const results: MemoryResult[] = [];
  for (const peer of Object.keys(STREAM_OPENERS))
    results.push(await idleConnections(node, peer, count), await openStreams(node, peer, wanted));
  return results;
}

async function idleConnections(node: string, peer: string, count: number): Promise<MemoryResult> {
  const { server, address } = await startServer(node, peer);
  const before = await resident(server);
  const client = start(node, ["connections", "-", address, String(count)]);
  await nextMessage(client);
  const serverBytesEach = Math.round(((await resident(server)) - before) / count);
  end(client, server);
  return { case: "idle-connections", peer, count, serverBytesEach, clientBytesEach: null };
}

async function openStreams(node: string, peer: string, count: number): Promise<MemoryResult> {
  const { server, address } = await startServer(node, peer);
  const before = await resident(server);
  const client = start(node, [
    "streams",
    peer,
    address,
    String(CONNECTIONS),
    String(count / CONNECTIONS),
  ]);
  const clientBefore = (await nextMessage(client)) as number;
  const each = (bytes: number): number => Math.round(bytes / count);
  const serverBytesEach = each((await resident(server)) - before);
  const clientBytesEach = each((await resident(client)) - clientBefore);
  end(client, server);
  return { case: "open-streams", peer, count, serverBytesEach, clientBytesEach };
}

async function startServer(
  node: string,
  peer: string,
): Promise<{ server: ChildProcess; address: string }> {
  const server = start(node, ["server", peer]);
  return { server, address: (await nextMessage(server)) as string };
}

function start(node: string, args: readonly string[]): ChildProcess {
  const child = spawn(
    node,
    ["--expose-gc", join(import.meta.dirname, "memory-child.js"), ...args],
    {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

const running = new Set<ChildProcess>();
process.once("exit", () => end(...running));

function end(...children: readonly ChildProcess[]): void {
  for (const child of children) child.kill("SIGKILL");
}

function resident(child: ChildProcess): Promise<number> {
  child.send("resident");
  return nextMessage(child) as Promise<number>;
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`a process said nothing for ${TIMEOUT_MS} ms`)),
      TIMEOUT_MS,
    );
    child.once("exit", (code) => reject(new Error(`a process ended (${code})`)));
    child.once("message", (message) => {
      clearTimeout(timer);
      resolve(message);
    });
  });
}
