import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CallBooks, testMessage } from "@tightwire/transport-contract";
import { wire } from "@tightwire/wire/client";
import { expect, onTestFinished, test } from "vitest";
import { createFastClock } from "./fast-clock.js";
import { openClient, pingsIn, startProxy } from "./pitfalls-stage.js";
import { repository } from "./shop-process.js";

const PYTHON = "/usr/bin/python3";
const PREFACE_BYTES = 24;
/** A second of the test is twenty of the client. */
const FACTOR = 20;
const CALLS = 20;

const installed = spawnSync(PYTHON, ["-c", "import grpc"]).status === 0;
const what = "a grpcio server with slow calls gets as many PINGs as it allows, and sends no GOAWAY";

/** Starts the server; stopped when the test has finished. Resolves with its address. */
async function startSlowPeer(): Promise<string> {
  const server = spawn(PYTHON, [join(repository, "e2e/slow_peer.py")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  const [address] = (await once(server.stdout, "data")) as [Buffer];
  return String(address).trim();
}

test.skipIf(!installed)(
  installed ? what : `${what} (left out: python3-grpcio is not installed)`,
  async () => {
    const books = new CallBooks();
    const proxy = await startProxy(await startSlowPeer());
    const { client } = openClient(proxy.address, {
      transport: wire(),
      clock: createFastClock(FACTOR),
      observers: [books],
    });
    const call = (waitMs: number, timeoutMs: number): Promise<unknown> =>
      client
        .unary(testMessage(), {
          metadata: { "wait-ms": String(waitMs) },
          timeoutMs: timeoutMs * FACTOR,
        })
        .catch(() => {});
    const pings = (): number => pingsIn(proxy.sent().subarray(PREFACE_BYTES));
    // Each is suspicious at half of its time, and then gets a response.
    for (let count = 0; count < CALLS; count++) await call(350, 600);
    const whileResponding = pings();
    // Each is suspicious after a second of the client, and never gets a response.
    for (let count = 0; count < CALLS; count++) await call(3_000, 100);
    const whileSilent = pings() - whileResponding;
    await call(0, 10_000);
    // A machine that is busy may respond too late, never earlier.
    expect(whileResponding).toBeGreaterThanOrEqual(CALLS / 2);
    expect(whileResponding).toBeLessThanOrEqual(CALLS * 2);
    expect(whileSilent).toBeLessThanOrEqual(2);
    expect(books.codes.at(-1)).toBe("ok");
    expect(books.codes.filter((code) => code === "unavailable")).toEqual([]);
    expect(proxy.connections).toBe(1);
  },
);
