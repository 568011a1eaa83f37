import type { MethodDefinition, MethodKind, Policy, ServiceDefinition } from "@tightwire/core";
import { expect, test } from "vitest";
import { createChannel } from "./create-channel.js";
import { overridePolicies, policiesOf } from "./policy-override.js";

function method(name: string, kind: MethodKind, policy: Policy): MethodDefinition {
  return { name, path: `/test.Stock/${name}`, kind, policy } as MethodDefinition;
}

interface StockClient {
  get(): Promise<unknown>;
  watch(): AsyncIterable<unknown>;
  import(): Promise<unknown>;
}

const get = method("Get", "unary", { timeoutMs: 100, limits: { maxInFlight: 5 } });
const watch = method("Watch", "server_streaming", { idleTimeoutMs: 300 });
const Stock: ServiceDefinition<unknown, StockClient> = {
  name: "test.Stock",
  methods: { get, watch, import: method("Import", "client_streaming", {}) },
};

test("a channel of which nothing is said changes no method", () => {
  const withPolicy = policiesOf({});
  expect(withPolicy(get)).toBe(get);
  expect(withPolicy(watch)).toBe(watch);
});

test("the channel's times go before the contract's, each for its kinds of call", () => {
  const withPolicy = policiesOf({ timeoutMs: 1, idleTimeoutMs: 2 });
  expect(withPolicy(get).policy).toEqual({ timeoutMs: 1, limits: { maxInFlight: 5 } });
  expect(withPolicy(watch).policy).toEqual({ idleTimeoutMs: 2 });
  expect(get.policy.timeoutMs).toBe(100);
});

test("what the channel says of a method goes before what it says of all", () => {
  const policies = [
    overridePolicies(Stock, { get: { timeoutMs: 7 }, watch: { timeoutMs: 8, idleTimeoutMs: 9 } }),
  ];
  const withPolicy = policiesOf({ timeoutMs: 1, idleTimeoutMs: 2, policies });
  expect(withPolicy(get).policy.timeoutMs).toBe(7);
  expect(withPolicy(watch).policy).toEqual({ timeoutMs: 8, idleTimeoutMs: 9 });
  expect(withPolicy(method("Import", "client_streaming", {})).policy).toEqual({ idleTimeoutMs: 2 });
  expect(withPolicy(method("Other", "unary", {})).policy).toEqual({ timeoutMs: 1 });
});

test.each([
  [
    { gett: { timeoutMs: 1 } },
    'unknown option of overridePolicies(test.Stock): "gett"; allowed: get, watch, import',
  ],
  [{ get: { timeout: 1 } }, 'unknown option of overridePolicies(test.Stock): get: "timeout"'],
  [{ get: { timeoutMs: 0 } }, "overridePolicies(test.Stock): get.timeoutMs must be a positive"],
  [{ get: { idleTimeoutMs: 5 } }, "get.idleTimeoutMs is for streaming methods"],
  [{ get: 5 }, "the options of overridePolicies(test.Stock): get must be an object (got 5)"],
])("%j is refused", (methods, message) => {
  expect(() => overridePolicies(Stock, methods as never)).toThrow(message);
});

test("a method that the contract does not have does not compile", () => {
  // @ts-expect-error: the contract calls it `get`
  expect(() => overridePolicies(Stock, { fetch: { timeoutMs: 1 } })).toThrow('"fetch"');
});

test("a channel refuses what overridePolicies did not make, and a service that comes twice", () => {
  const one = overridePolicies(Stock, { get: { timeoutMs: 7 } });
  const made = (policies: readonly unknown[]) => () =>
    createChannel("127.0.0.1:1", { policies: policies as never });
  expect(made([{ get: { timeoutMs: 7 } }])).toThrow("policies[0] must be made by overridePolicies");
  expect(made([undefined])).toThrow("policies[0] must be made by overridePolicies()");
  expect(made([one, one])).toThrow("policies[1] is of test.Stock again");
});
