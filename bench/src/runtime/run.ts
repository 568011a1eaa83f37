import { join } from "node:path";
import { findCase } from "../cases.js";
import { canPin, describeMachine } from "../machine.js";
import { startPair } from "../pair.js";
import { findPeer, OWN_PEER } from "../peers.js";
import { rewritePage } from "../report.js";
import { caseResults } from "../result.js";
import { measureRounds } from "../rounds.js";
import type { RuntimeOptions } from "./options.js";
import { formatRuntimes, RUNTIME_MARKERS, type RuntimeResult, saveRuntimes } from "./results.js";

const REPOSITORY = join(import.meta.dirname, "../../..");
const README = join(REPOSITORY, "README.md");

/** Of scripts/find-runtime.mjs, which knows the versions. */
interface Scripts {
  findRuntime(name: string): { readonly program: string; readonly args: readonly string[] };
}

/**
 * Measures one case with client and server on each runtime, prints it and writes the README.
 * Rejects when a runtime cannot be had or a call fails.
 */
export async function runRuntimes(options: RuntimeOptions): Promise<void> {
  const pinned = canPin();
  if (!pinned) console.error("bench: not pinned: there is no taskset, or no second core");
  const path = join(REPOSITORY, "scripts/find-runtime.mjs");
  const { findRuntime } = (await import(path)) as Scripts;
  const runtimes: RuntimeResult[] = [];
  for (const name of options.runtimes)
    runtimes.push(await measureRuntime(name, findRuntime(name), pinned, options));
  const fresh = { machine: describeMachine(), pinned, runtimes };
  console.log(formatRuntimes(fresh));
  if (options.quick) return console.error("bench: nothing was written");
  rewritePage(README, formatRuntimes(saveRuntimes(fresh)), RUNTIME_MARKERS);
  console.error("bench: wrote bench/results/runtimes.json and README.md");
}

async function measureRuntime(
  runtime: string,
  { program, args }: ReturnType<Scripts["findRuntime"]>,
  pinned: boolean,
  options: RuntimeOptions,
): Promise<RuntimeResult> {
  console.error(`bench: ${runtime}: ${program}`);
  const pair = await startPair(findPeer(OWN_PEER), {
    node: program,
    pinned,
    nodeOptions: () => args,
  });
  try {
    const rounds = await measureRounds([pair], findCase("get"), options, () => {});
    const [result] = caseResults("get", "", rounds);
    if (result === undefined) throw new Error(`${runtime} was not measured`);
    const { perSecond, p50Us, serverCpuUsPerCall, clientCpuUsPerCall } = result;
    return {
      runtime,
      version: pair.node.replace(/^v/, "Node.js "),
      rounds: options.rounds,
      perSecond,
      p50Us,
      serverCpuUsPerCall: serverCpuUsPerCall ?? 0,
      clientCpuUsPerCall,
    };
  } finally {
    await pair.stop();
  }
}
