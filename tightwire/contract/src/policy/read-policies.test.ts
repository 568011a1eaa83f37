import { readFileSync } from "node:fs";
import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { readPolicies } from "./read-policies.js";
import type { ResolvedPolicy } from "./resolved-policy.js";

function readImage(path: string): FileRegistry {
  const bytes = readFileSync(new URL(path, import.meta.url));
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
}

/** The policies of all services of an image, by method. */
function policiesOf(registry: FileRegistry): Record<string, ResolvedPolicy> {
  const read = [...registry.files]
    .flatMap((file) => file.services)
    .map((service) => readPolicies(registry, service));
  expect(read.flatMap(({ faults }) => faults)).toEqual([]);
  return Object.fromEntries(read.flatMap(({ policies }) => [...policies]));
}

test("the policies of a descriptor image are those that generated code has", () => {
  expect(policiesOf(readImage("../../../transport-contract/descriptors.binpb"))).toEqual({
    Unary: {},
    UnaryWithTimeout: { timeoutMs: 300 },
    UnaryReadOnly: {},
    ServerStream: {},
    ServerStreamIdle: { idleTimeoutMs: 200 },
    ClientStream: {},
    BidiStream: {},
  });
});

test("a service's timeout applies to its unary methods, and its idle timeout to its streams", () => {
  const policies = policiesOf(readImage("../../../../gen/descriptors.binpb"));
  expect(policies).toMatchObject({
    PlaceOrder: { timeoutMs: 10_000, idempotency: { key: "requestId" } },
    ListOrders: { timeoutMs: 5_000 },
    TrackOrder: { idleTimeoutMs: 3_600_000 },
    QuoteBasket: { idleTimeoutMs: 600_000 },
  });
  expect(Object.keys(policies["QuoteBasket"] ?? {})).toEqual(["idleTimeoutMs"]);
});
