import { expect, test } from "vitest";
import { CASES } from "../cases.js";
import { OWN_PEERS, planComparison } from "./plan.js";

const names = (targets: ReturnType<typeof planComparison>): string[] =>
  targets.map(({ peer, load }) => `${peer.name} ${load.name}`);

test("by default every case and every own peer is there, and no foreign one", () => {
  const targets = planComparison(undefined, undefined);
  expect(new Set(targets.map(({ load }) => load))).toEqual(new Set(CASES));
  expect([...new Set(targets.map(({ peer }) => peer.name))]).toEqual(OWN_PEERS);
  for (const name of OWN_PEERS) expect(name).toMatch(/^(tightwire|gateway)-/);
});

test("a case that is named is compared for every own peer that can do it", () => {
  expect(names(planComparison(undefined, ["chat", "chat"]))).toEqual([
    "tightwire-wire chat",
    "tightwire-wire-tls chat",
    "tightwire-grpc-js chat",
    "tightwire-in-process chat",
  ]);
});

test("a peer that is named is compared in every case that it can do, a foreign one too", () => {
  expect(names(planComparison(["gateway-proxy"], undefined))).toHaveLength(CASES.length - 1);
  expect(names(planComparison(["grpc-js"], ["get"]))).toEqual(["grpc-js get"]);
});

test("unknown names and cases that nobody can do are refused", () => {
  expect(() => planComparison(["x"], undefined)).toThrow('no peer "x"');
  expect(() => planComparison(undefined, ["x"])).toThrow('no case "x"');
  expect(() => planComparison(["gateway-proxy"], ["chat"])).toThrow("none of these peers can do");
});
