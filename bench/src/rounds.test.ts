import { expect, test } from "vitest";
import type { Pair } from "./pair.js";
import { measureRounds, orderOf } from "./rounds.js";

test("every peer is as often first as last", () => {
  const orders = (peers: string[], rounds: number) =>
    Array.from({ length: rounds }, (_, round) => orderOf(peers, round).join(""));
  expect(orders(["A", "B"], 4)).toEqual(["AB", "BA", "BA", "AB"]);
  const three = orders(["A", "B", "C"], 6);
  for (const peer of ["A", "B", "C"]) {
    expect(three.filter((order) => order.startsWith(peer))).toHaveLength(2);
    expect(three.filter((order) => order.endsWith(peer))).toHaveLength(2);
  }
});

test("a round has one window of each peer, and warming up is in none", async () => {
  const log: string[] = [];
  let windows = 0;
  const pair = (peer: string): Pair => ({
    peer,
    node: "v20",
    measure: async (_, seconds) => {
      log.push(`${peer}${seconds}`);
      return {
        perSecond: ++windows,
        p50Us: 0,
        p99Us: 0,
        serverCpuUsPerCall: 0,
        clientCpuUsPerCall: 0,
      };
    },
    stop: async () => {},
  });
  const load = {
    name: "get",
    inFlight: 1,
    unit: "call",
    timed: "a call",
    lifeHeaders: false,
    call: async () => 1,
  } as const;
  const rounds = await measureRounds(
    [pair("A"), pair("B")],
    load,
    { rounds: 2, seconds: 1, warmUpSeconds: 3 },
    () => {},
  );
  expect(log).toEqual(["A3", "B3", "A1", "B1", "B1", "A1"]);
  expect(rounds.map((round) => [round.get("A")?.perSecond, round.get("B")?.perSecond])).toEqual([
    [3, 4],
    [6, 5],
  ]);
});
