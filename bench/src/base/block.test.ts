import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findCase } from "../cases.js";
import { startPair } from "../pair.js";
import { findPeer } from "../peers.js";
import { type Compared, measureBlock, type StartPeer } from "./block.js";

/**
 * A child as builds at f37c088 speak, written out: what they are started with is in its responses.
 */
const OLD_CHILD = `
const [role, peer, address] = process.argv.slice(2);
if (peer !== "tightwire-wire") process.exit(1);
if (role === "server") process.send({ say: "ready", address: "127.0.0.1:1", node: "v20.0.0" });
else if (address === "127.0.0.1:1") process.send({ say: "ready", node: "v20.0.0" });
let cpuUs = 0;
process.on("message", ({ ask, load, seconds }) => {
  if (ask === "stop") process.exit(0);
  if (ask === "usage") process.send({ say: "usage", cpuUs: (cpuUs += 100) });
  if (ask !== "window") return;
  if (load !== "get") return process.send({ say: "failed", why: "no case " + load });
  const window = { count: 10, elapsedMs: 5, cpuUs: CPU, p50Us: seconds, p99Us: 9 };
  process.send({ say: "window", window });
});
process.on("disconnect", () => process.exit(0));
`;

function oldBuild(name: string, cpuUs: number): { name: string; childMain: string } {
  const folder = mkdtempSync(join(tmpdir(), "bench-base-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const childMain = join(folder, "child-main.mjs");
  writeFileSync(childMain, OLD_CHILD.replace("CPU", String(cpuUs)));
  return { name, childMain };
}

function starting(): StartPeer {
  const builds = { own: oldBuild("own", 10), base: oldBuild("base", 30) };
  const settings = { node: process.execPath, pinned: false, nodeOptions: () => [] };
  return (peer, build) => startPair(peer, { ...settings, build: builds[build] });
}

const effort = { rounds: 2, seconds: 0.3, warmUpSeconds: 1 };

test("client and server of each build run its own program, as they speak at f37c088", async () => {
  const loads = [findCase("get"), findCase("list")];
  const [get, list] = await measureBlock(findPeer("tightwire-wire"), loads, effort, 0, starting());
  const sample = { perSecond: 2000, p50Us: 0.3, p99Us: 9, serverCpuUsPerCall: 10 };
  const both: Compared = {
    own: { ...sample, clientCpuUsPerCall: 1 },
    base: { ...sample, clientCpuUsPerCall: 3 },
  };
  expect(get).toEqual([both, both]);
  expect(String(list)).toMatch(/the client of tightwire-wire \(\w+ build\) failed: no case list/);
});

test("a build that does not start fails each case", async () => {
  const loads = [findCase("get"), findCase("chat")];
  const peer = findPeer("tightwire-grpc-js");
  const blocks = await measureBlock(peer, loads, effort, 1, starting());
  expect(blocks).toHaveLength(2);
  for (const block of blocks)
    expect(String(block)).toContain("the server of tightwire-grpc-js (base build) ended (1)");
});
