import { expect, test } from "vitest";
import type { Sample } from "../pair.js";
import type { Block } from "./block.js";
import { type Comparison, compare } from "./compare.js";
import { planComparison } from "./plan.js";

const effort = { rounds: 20, seconds: 0.3, warmUpSeconds: 1, minutes: 1 };
const targets = planComparison(["tightwire-wire", "gateway-proxy"], ["get", "list"]);

function sample(cpuUs: number): Sample {
  return {
    perSecond: 1,
    p50Us: 1,
    p99Us: 1,
    serverCpuUsPerCall: undefined,
    clientCpuUsPerCall: cpuUs,
  };
}

/** Rounds whose ratios are these, in turn. */
function block(rounds: number, ratios: readonly number[]): Block {
  return Array.from({ length: rounds }, (_, index) => ({
    own: sample(1),
    base: sample(ratios[index % ratios.length] as number),
  }));
}

/** Compares with blocks of `ratiosOf`, each taking `blockMs`; tells what was measured. */
async function run(
  ratiosOf: (name: string) => readonly number[] | Error,
  blockMs: number,
): Promise<{ log: string[]; results: Comparison[] }> {
  const log: string[] = [];
  let now = 0;
  const results = await compare(targets, effort, false, {
    measure: async (peer, loads, { rounds }) => {
      now += blockMs;
      log.push(`${peer.name} ${loads.map(({ name }) => name).join("+")} ${rounds}`);
      return loads.map(({ name }) => {
        const ratios = ratiosOf(`${peer.name} ${name}`);
        return ratios instanceof Error ? ratios : block(rounds, ratios);
      });
    },
    now: () => now,
    progress: () => {},
  });
  return { log, results };
}

const FIRST = [
  ...["tightwire-wire get+list 10", "tightwire-wire get+list 10"],
  ...["gateway-proxy get+list 10", "gateway-proxy get+list 10"],
];

test("decided cases get no more rounds, and cases of a peer share its processes", async () => {
  const { log, results } = await run(() => [1], 1);
  expect(log).toEqual(FIRST);
  expect(results.map(({ target }) => target)).toEqual(targets);
  expect(results[0]?.ratios?.cpu).toMatchObject({ median: 1, rounds: 20 });
});

test("undecided cases are doubled twice, the worst first", async () => {
  const wide = new Map([
    ["tightwire-wire list", [0.9, 1.06]],
    ["gateway-proxy get", [0.9, 1.0]],
  ]);
  const { log } = await run((name) => wide.get(name) ?? [1], 1);
  const [gateway, wire] = ["gateway-proxy get 10", "tightwire-wire list 10"];
  const times = (text: string | undefined, count: number): unknown[] => Array(count).fill(text);
  expect(log.slice(FIRST.length)).toEqual([
    ...times(gateway, 2),
    ...times(wire, 2),
    ...times(gateway, 4),
    ...times(wire, 4),
  ]);
});

test("no case is doubled that would not end in time", async () => {
  const { log, results } = await run(() => [0.9, 1.06], 14_000);
  expect(log).toEqual(FIRST);
  expect(results.map(({ ratios }) => ratios?.cpu.rounds)).toEqual([20, 20, 20, 20]);
});

test("a case that fails is told, and the others go on", async () => {
  const broken = new Error("the call failed");
  const { log, results } = await run((name) => (name === "gateway-proxy get" ? broken : [1]), 1);
  expect(log.slice(2)).toEqual(["gateway-proxy get+list 10", "gateway-proxy list 10"]);
  expect(results[2]).toMatchObject({ error: broken, ratios: undefined });
  expect(results[3]?.ratios?.cpu.rounds).toBe(20);
});
