import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogService, GetProductRequest, Product } from "@shop/contracts/catalog";
import { Order, OrdersService } from "@shop/contracts/orders";
import type { MethodDefinition, ServiceDefinition } from "@tightwire/core";
import { describe, expect, test } from "vitest";

const repository = join(import.meta.dirname, "..");

function method(service: ServiceDefinition, name: string): MethodDefinition {
  const found = service.methods[name];
  if (found === undefined) throw new Error(`${service.name} has no ${name}`);
  return found;
}

/** One property of every method of a service, by the method's name in TypeScript. */
function each<Key extends keyof MethodDefinition>(
  service: ServiceDefinition,
  key: Key,
): Record<string, MethodDefinition[Key]> {
  return Object.fromEntries(
    Object.entries(service.methods).map(([name, definition]) => [name, definition[key]]),
  );
}

describe("CatalogService", () => {
  test("has the names and paths of its methods", () => {
    expect(CatalogService.name).toBe("shop.catalog.v1.CatalogService");
    expect(method(CatalogService, "batchGetProducts")).toMatchObject({
      name: "BatchGetProducts",
      path: "/shop.catalog.v1.CatalogService/BatchGetProducts",
    });
  });

  test("has the kind of each method", () => {
    expect(each(CatalogService, "kind")).toEqual({
      getProduct: "unary",
      batchGetProducts: "unary",
      listProducts: "unary",
      importProducts: "client_streaming",
      watchStock: "server_streaming",
      reserveStock: "unary",
      releaseStock: "unary",
    });
  });

  test("has the idempotency of each method", () => {
    expect(each(CatalogService, "idempotency")).toEqual({
      getProduct: "no_side_effects",
      batchGetProducts: "no_side_effects",
      listProducts: "no_side_effects",
      importProducts: "unknown",
      watchStock: "no_side_effects",
      reserveStock: "idempotent",
      releaseStock: "idempotent",
    });
  });

  test("resolves each policy: the method's, else the service's; a service's timeout does not apply to streams", () => {
    expect(each(CatalogService, "policy")).toEqual({
      getProduct: { timeoutMs: 2_000 },
      batchGetProducts: { timeoutMs: 5_000 },
      listProducts: { timeoutMs: 5_000 },
      importProducts: { idleTimeoutMs: 30_000 },
      watchStock: { idleTimeoutMs: 3_600_000 },
      reserveStock: { timeoutMs: 3_000, idempotency: { key: "reservationId" } },
      releaseStock: { timeoutMs: 3_000, idempotency: { naturallyIdempotent: true } },
    });
  });

  test("has the HTTP rules", () => {
    expect(method(CatalogService, "getProduct").http).toEqual([
      { verb: "GET", path: "/v1/products/{id}" },
    ]);
    expect(method(CatalogService, "releaseStock").http).toEqual([
      { verb: "POST", path: "/v1/reservations/{reservation_id}:release", body: "*" },
    ]);
    expect(method(CatalogService, "importProducts").http).toEqual([
      { verb: "POST", path: "/v1/products:import", body: "*" },
    ]);
  });

  test("has nothing to redact", () => {
    for (const { redacted } of Object.values(CatalogService.methods))
      expect(redacted).toEqual({ request: [], response: [] });
  });

  test("reads and writes its messages: numbers beyond doubles, absent fields, partial messages", () => {
    const { request, response } = method(CatalogService, "getProduct");
    expect(request.decode(request.encode(GetProductRequest.fromPartial({ id: "a" })))).toEqual({
      id: "a",
    });
    const product = Product.fromPartial({
      id: "a",
      priceCents: 9_007_199_254_740_993n,
      film: { title: "x", worldwideGross: 2_767_891_499n },
    });
    const read = response.decode(response.encode({ product }));
    expect(read).toEqual({ product });
    expect(product.film?.usGross).toBeUndefined();
  });
});

describe("OrdersService", () => {
  test("a service's idle timeout applies to streams without their own", () => {
    expect(method(OrdersService, "quoteBasket")).toMatchObject({
      kind: "bidi_streaming",
      policy: { idleTimeoutMs: 600_000 },
    });
    expect(method(OrdersService, "trackOrder")).toMatchObject({
      kind: "server_streaming",
      policy: { idleTimeoutMs: 3_600_000 },
    });
    expect(method(OrdersService, "placeOrder").policy).toEqual({
      timeoutMs: 10_000,
      idempotency: { key: "requestId" },
    });
  });

  test("lists every redacted field, at any depth", () => {
    const order = ["order.buyer.email", "order.buyer.address", "order.card.number"];
    expect(each(OrdersService, "redacted")).toEqual({
      placeOrder: { request: ["buyer.email", "buyer.address", "card.number"], response: order },
      getOrder: { request: [], response: order },
      listOrders: {
        request: ["filter.email"],
        response: ["orders.buyer.email", "orders.buyer.address", "orders.card.number"],
      },
      cancelOrder: { request: [], response: order },
      trackOrder: { request: [], response: [] },
      quoteBasket: { request: [], response: [] },
    });
  });

  test("a oneof is a discriminated union", () => {
    const order = Order.fromPartial({ payment: { $case: "invoice", value: { reference: "r" } } });
    expect(Order.decode(Order.encode(order).finish()).payment).toEqual({
      $case: "invoice",
      value: { reference: "r" },
    });
  });
});

test.each([CatalogService, OrdersService])(
  "the image of $name is where the definition says",
  ({ image, name }) => {
    if (image === undefined) throw new Error("the definition has no image");
    expect(existsSync(image)).toBe(true);
    expect(readFileSync(image).includes(name.slice(name.lastIndexOf(".") + 1))).toBe(true);
  },
);

test("generation fails on an invalid policy, and buf prints its place", () => {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-generated-"));
  try {
    for (const path of [
      "buf.yaml",
      "buf.gen.yaml",
      "proto",
      "tightwire/core/proto",
      "tightwire/core/proto-validate",
      "tightwire/transport-contract/proto",
    ]) {
      cpSync(join(repository, path), join(folder, path), { recursive: true });
    }
    for (const path of ["node_modules", "tightwire/codec", "tightwire/codegen"])
      symlinkSync(join(repository, path), join(folder, path));
    const file = join(folder, "proto/shop/catalog/v1/catalog.proto");
    const source = readFileSync(file, "utf8");
    writeFileSync(file, source.replace("timeout: {seconds: 2}", "timeout: {seconds: -2}"));
    const line = source.split("\n").findIndex((text) => text.includes("timeout: {seconds: 2}")) + 1;
    const { status, stderr } = spawnSync("node_modules/.bin/buf", ["generate"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stderr).toContain(`shop/catalog/v1/catalog.proto:${line}:`);
    expect(stderr).toContain(
      "shop.catalog.v1.CatalogService.GetProduct: `timeout` must be greater than zero (is negative)",
    );
    expect(status).not.toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
