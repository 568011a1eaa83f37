import { expect, test } from "vitest";
import { addHealth } from "./health/health.js";
import { addReflection } from "./reflection/reflection.js";
import { createServer } from "./server.js";

test("streams of health and reflection have no idle timeout", () => {
  const server = createServer();
  addHealth(server);
  addReflection(server);
  const streams = server.services
    .flatMap(({ methods }) => Object.values(methods))
    .filter(({ kind }) => kind !== "unary");
  expect(streams.map(({ path, policy }) => [path, policy.idleTimeoutMs])).toEqual([
    ["/grpc.health.v1.Health/Watch", Number.POSITIVE_INFINITY],
    ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Number.POSITIVE_INFINITY],
    ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Number.POSITIVE_INFINITY],
  ]);
});
