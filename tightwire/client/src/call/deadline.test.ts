import type { CallOptions, MethodDefinition } from "@tightwire/core";
import type { CallScope, Clock } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { inheritedDeadline, timeoutMsOf } from "./deadline.js";

type Kind = MethodDefinition["kind"];

test.each<[Kind, CallOptions, number | undefined, number]>([
  ["unary", { timeoutMs: 1 }, 3, 1],
  ["unary", {}, 3, 3],
  ["unary", {}, undefined, 10_000],
  ["server_streaming", { timeoutMs: 1 }, 3, 1],
  ["client_streaming", {}, 3, 3],
  ["bidi_streaming", {}, undefined, Number.POSITIVE_INFINITY],
])("%s, call %j, policy %s: %s ms", (kind, options, policy, expected) => {
  const method = { kind, policy: { timeoutMs: policy } } as MethodDefinition;
  expect(timeoutMsOf(method, options)).toBe(expected);
});

test.each([
  ["a hop keeps 5 %", true, 1_100, 1_095],
  ["20 ms at most", true, 2_000, 1_980],
  ["no hop keeps nothing", false, 1_100, 1_100],
  ["no deadline stays none", true, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])("inherited: %s", (_name, hop, deadline, expected) => {
  const clock = { now: () => 1_000 } as Clock;
  expect(inheritedDeadline({ deadline, hop } as CallScope, clock)).toBe(expected);
});
