import { expect, test } from "vitest";
import { readContract } from "./contract.js";
import { policyOf } from "./policy.js";

test("the policies of a descriptor image are those that generated code has", async () => {
  const { registry, services } = readContract(
    new URL("../../transport-contract/descriptors.binpb", import.meta.url),
  );
  const methods = services.flatMap((service) => service.methods);
  expect(
    Object.fromEntries(methods.map((method) => [method.name, policyOf(method, registry)])),
  ).toEqual({
    Unary: {},
    UnaryWithTimeout: { timeoutMs: 300 },
    UnaryReadOnly: {},
    ServerStream: {},
    ServerStreamIdle: { idleTimeoutMs: 200 },
    ClientStream: {},
    BidiStream: {},
  });
});

test("a service's timeout is for its unary methods, and its idle timeout for its streams", () => {
  const { registry } = readContract(new URL("../../../gen/descriptors.binpb", import.meta.url));
  const methods = registry.getService("shop.orders.v1.OrdersService")?.methods ?? [];
  const policies = Object.fromEntries(
    methods.map((method) => [method.name, policyOf(method, registry)]),
  );
  expect(policies).toMatchObject({
    PlaceOrder: { timeoutMs: 10_000 },
    ListOrders: { timeoutMs: 5_000 },
    TrackOrder: { idleTimeoutMs: 3_600_000 },
    QuoteBasket: { idleTimeoutMs: 600_000 },
  });
  expect(Object.keys(policies["QuoteBasket"] ?? {})).toEqual(["idleTimeoutMs"]);
});
