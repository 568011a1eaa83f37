import { expect, test } from "vitest";
import { findCase } from "../cases.js";
import type { Pair, Sample } from "../pair.js";
import { measureTogether } from "./together.js";

test("the windows of a round overlap, and warming up is in none", async () => {
  const log: string[] = [];
  let windows = 0;
  const pair = (peer: string): Pair => ({
    peer,
    node: "v20",
    async measure(_, seconds): Promise<Sample> {
      const perSecond = ++windows;
      log.push(`${peer} begins ${seconds}`);
      await new Promise(setImmediate);
      log.push(`${peer} ends`);
      return { perSecond, p50Us: 0, p99Us: 0, serverCpuUsPerCall: 0, clientCpuUsPerCall: 0 };
    },
    stop: async () => {},
  });
  const effort = { rounds: 2, seconds: 1, warmUpSeconds: 3 };
  const rounds = await measureTogether([pair("A"), pair("B")], findCase("get"), effort);
  expect(log).toEqual([
    ...["A begins 3", "B begins 3", "A ends", "B ends"],
    ...["A begins 1", "B begins 1", "A ends", "B ends"],
    ...["B begins 1", "A begins 1", "B ends", "A ends"],
  ]);
  expect(rounds.map((round) => [round.get("A")?.perSecond, round.get("B")?.perSecond])).toEqual([
    [3, 4],
    [6, 5],
  ]);
});
