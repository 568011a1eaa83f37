import type { MethodDefinition, MethodKind, Policy } from "@tightwire/core";
import { expect, test } from "vitest";
import { checkMethodLimits, limitsOf, type MethodLimits, refuseWider } from "./method-limits.js";

function method(kind: MethodKind, policy: Policy): MethodDefinition {
  return { kind, policy } as MethodDefinition;
}

const NONE = Number.POSITIVE_INFINITY;

test.each<[string, MethodKind, Policy, MethodLimits, MethodLimits, number, number]>([
  ["nothing said", "unary", {}, {}, {}, NONE, 20_000],
  ["twice the timeout", "unary", { timeoutMs: 50 }, {}, {}, NONE, 100],
  ["a stream", "bidi_streaming", { timeoutMs: 50 }, {}, {}, NONE, NONE],
  ["the contract", "unary", { limits: { maxRequestBytes: 9, maxDurationMs: 8 } }, {}, {}, 9, 8],
  ["its service", "unary", {}, { maxRequestBytes: 7, maxDurationMs: 6 }, {}, 7, 6],
  ["the method first", "unary", {}, { maxRequestBytes: 7 }, { maxRequestBytes: 8 }, 8, 20_000],
  ["each for itself", "unary", {}, { maxRequestBytes: 7 }, { maxDurationMs: 5 }, 7, 5],
  [
    "a service's wider one",
    "unary",
    { limits: { maxRequestBytes: 9, maxDurationMs: 8 } },
    { maxRequestBytes: 99, maxDurationMs: NONE },
    {},
    9,
    8,
  ],
])("limits: %s", (_name, kind, policy, ofService, ofMethod, maxRequestBytes, maxDurationMs) => {
  const limits = limitsOf(method(kind, policy), ofService, ofMethod);
  expect(limits).toEqual({ maxRequestBytes, maxDurationMs });
});

test.each<[MethodLimits, string]>([
  [{ maxRequestBytes: 0 }, "it.maxRequestBytes must be a whole number"],
  [{ maxDurationMs: -1 }, "it.maxDurationMs must be a positive number"],
  [{ maxBytes: 5 } as MethodLimits, 'unknown option of it: "maxBytes"'],
])("%j is refused", (limits, message) => {
  expect(() => checkMethodLimits("it", limits)).toThrow(message);
});

test("a method's limit may be tighter than its contract's, and never wider", () => {
  const limited = method("unary", { limits: { maxDurationMs: 700 } });
  expect(() =>
    refuseWider("it", limited, { maxDurationMs: 700, maxRequestBytes: 5 }),
  ).not.toThrow();
  expect(() => refuseWider("it", limited, { maxDurationMs: 701 })).toThrow(
    "it.maxDurationMs must be at most the contract's 700 (got 701)",
  );
});
