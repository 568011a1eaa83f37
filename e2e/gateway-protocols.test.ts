import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { createEventLog } from "@tightwire/testing";
import { describe, expect, test } from "vitest";
import { startGateway } from "./gateway-stage.js";
import { repository } from "./shop-process.js";

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(join(repository, "gen/descriptors.binpb"))),
);
const Catalog = registry.getService("shop.catalog.v1.CatalogService") as DescService;
const Orders = registry.getService("shop.orders.v1.OrdersService") as DescService;

/** A client made from descriptors: the types of its messages are unknown. */
type AnyClient = Record<
  "getProduct" | "watchStock" | "placeOrder",
  // biome-ignore lint/suspicious/noExplicitAny: see above
  (request: object, options?: object) => any
>;

const ORDER = {
  requestId: "o-1",
  buyer: { name: "Ada", email: "ada@example.org", address: "1 Road" },
  lines: [{ productId: "p-1", quantity: 2 }],
  payment: { case: "invoice", value: { reference: "PO 1" } },
};

const TRANSPORTS: [
  name: string,
  create: (baseUrl: string, interceptors: Interceptor[]) => Transport,
][] = [
  ["Connect, JSON", (baseUrl, interceptors) => createConnectTransport({ baseUrl, interceptors })],
  [
    "Connect, binary",
    (baseUrl, interceptors) =>
      createConnectTransport({ baseUrl, interceptors, useBinaryFormat: true }),
  ],
  [
    "Connect by GET",
    (baseUrl, interceptors) => createConnectTransport({ baseUrl, interceptors, useHttpGet: true }),
  ],
  [
    "Connect, binary by GET",
    (baseUrl, interceptors) =>
      createConnectTransport({ baseUrl, interceptors, useHttpGet: true, useBinaryFormat: true }),
  ],
  ["gRPC-Web", (baseUrl, interceptors) => createGrpcWebTransport({ baseUrl, interceptors })],
];

describe.each(TRANSPORTS)("%s", (name, create) => {
  const client = (service: DescService, url: string, interceptors: Interceptor[] = []): AnyClient =>
    createClient(service, create(url, interceptors)) as unknown as AnyClient;

  test("calls a unary method, with forwarded and exposed metadata", async () => {
    const { url, calls } = await startGateway({ exposeMetadata: ["x-served-by", "x-cost"] });
    const seen = createEventLog();
    const headers = { authorization: "Bearer t", "x-other": "o" };
    const options = {
      headers,
      timeoutMs: 5_000,
      onHeader: (header: Headers) => seen.add(`head ${header.get("x-served-by")}`),
      onTrailer: (trailer: Headers) => seen.add(`trailer ${trailer.get("x-cost")}`),
    };
    const { product } = await client(Catalog, url).getProduct({ id: "p-1" }, options);
    expect(product).toMatchObject({
      id: "p-1",
      priceCents: 1_299n,
      createTime: { seconds: 1_700_000_000n, nanos: 123_456_789 },
    });
    expect(seen.entries).toEqual(["head stub", "trailer 3"]);
    expect([...(calls[0]?.metadata ?? [])]).toEqual([["authorization", "Bearer t"]]);
    expect(calls[0]?.timeLeftMs).toBeLessThanOrEqual(5_000);
  });

  test("reports an error with its details", async () => {
    const { url } = await startGateway();
    const error = await client(Catalog, url)
      .getProduct({ id: "umlaut" })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: 5, rawMessage: 'no such product: "ü"' });
    const [detail] = (error as ConnectError).details as { type: string; value: Uint8Array }[];
    expect(detail).toMatchObject({ type: "google.rpc.BadRequest" });
    expect(Buffer.from(detail?.value ?? []).toString()).toContain("is not known");
  });

  test("calls a method with side effects", async () => {
    const { url } = await startGateway();
    const { order } = await client(Orders, url).placeOrder(ORDER);
    expect(order).toMatchObject({ id: "o-1", buyer: ORDER.buyer });
  });

  test("reads a stream, and an error at its start and in the middle", async () => {
    const { url } = await startGateway();
    const watch = async (id: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      try {
        for await (const { stock } of client(Catalog, url).watchStock({
          productIds: id === "" ? [] : [id],
        }))
          seen.push(stock);
      } catch (error) {
        seen.push((error as ConnectError).rawMessage);
      }
      return seen;
    };
    expect(await watch("few")).toEqual([0, 1, 2]);
    expect(await watch("many")).toEqual(Array.from({ length: 3_000 }, (_, stock) => stock));
    expect(await watch("breaks")).toEqual([0, 1, "the warehouse is closed"]);
    expect(await watch("none")).toEqual(["there is none"]);
    expect(await watch("")).toEqual([
      "the request of /shop.catalog.v1.CatalogService/WatchStock is not valid: product_ids must have at least 1 item",
    ]);
  });

  test("cancels an aborted stream", async () => {
    const { url, log } = await startGateway();
    const controller = new AbortController();
    const reading = (async () => {
      for await (const { stock } of client(Catalog, url).watchStock(
        { productIds: ["waits"] },
        { signal: controller.signal },
      )) {
        expect(stock).toBe(0);
        controller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 1 });
    await log.until("WatchStock cancelled");
  });

  test("keeps a deadline", async () => {
    const { url, log } = await startGateway();
    const call = client(Catalog, url).getProduct({ id: "slow" }, { timeoutMs: 100 });
    await expect(call).rejects.toMatchObject({ code: 4 });
    await log.until("GetProduct cancelled");
  });

  test("is refused a stream of requests", async () => {
    const { url } = await startGateway();
    const path = `${url}/shop.catalog.v1.CatalogService/ImportProducts`;
    const type = name.startsWith("Connect")
      ? "application/connect+json"
      : "application/grpc-web+proto";
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": type },
      body: "\0\0\0\0\x02{}",
    });
    expect(await response.text()).toMatch(/unimplemented|grpc-status: 12/);
  });
});

test("gRPC-Web as text is base64, frame by frame", async () => {
  const { url } = await startGateway();
  const body = Buffer.from("\0\0\0\0\x05\x0a\x03few").toString("base64");
  const response = await fetch(`${url}/shop.catalog.v1.CatalogService/WatchStock`, {
    method: "POST",
    headers: { "content-type": "application/grpc-web-text" },
    body,
  });
  expect(response.headers.get("content-type")).toBe("application/grpc-web-text");
  const text = await response.text();
  const decoded =
    text
      .match(/[^=]+=*/g)
      ?.map((part) => Buffer.from(part, "base64").toString("latin1"))
      .join("") ?? "";
  expect(decoded).toContain("\x80\0\0\0\x10grpc-status: 0\r\n");
  expect(decoded.split("\x0a\x01x")).toHaveLength(4);
});

describe("CORS", () => {
  const preflight = {
    method: "OPTIONS",
    headers: {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-grpc-web",
    },
  };

  test("is off until it is configured", async () => {
    const { url } = await startGateway();
    const asked = await fetch(`${url}/v1/orders`, preflight);
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([405, null]);
    const called = await fetch(`${url}/v1/products/p-1`, {
      headers: { origin: "https://shop.example" },
    });
    expect(called.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("allows the configured origins only", async () => {
    const { url } = await startGateway({
      cors: { origins: ["https://shop.example"], allowHeaders: ["x-tenant"] },
      exposeMetadata: ["x-cost"],
    });
    const asked = await fetch(`${url}/v1/orders`, preflight);
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://shop.example",
    ]);
    expect(asked.headers.get("access-control-allow-headers")).toMatch(/x-grpc-web.*x-tenant/);
    for (const path of [
      "/v1/products/p-1",
      "/v1/products/none",
      "/v1/stock:watch?productIds=few",
      "/v1/stock:watch",
    ]) {
      const called = await fetch(url + path, { headers: { origin: "https://shop.example" } });
      expect(called.headers.get("access-control-allow-origin")).toBe("https://shop.example");
      expect(called.headers.get("access-control-expose-headers")).toContain(
        "grpc-status-details-bin,x-cost",
      );
      await called.text();
    }
    const other = await fetch(`${url}/v1/products/p-1`, {
      headers: { origin: "https://evil.example" },
    });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });
});
