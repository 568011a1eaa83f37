import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createCatalogClient, createOrdersClient } from "@shop/client";
import { CatalogService, MpaaRating, type ProductDraft } from "@shop/contracts/catalog";
import { OrdersService } from "@shop/contracts/orders";
import { RpcError } from "@tightwire/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PYTHON, pythonHas } from "./python.js";
import { repository, type Shop, startShop } from "./shop-process.js";
import { transportInUse } from "./transport-in-use.js";

const run = promisify(execFile);
const BUF = join(repository, "node_modules/.bin/buf");

let shop: Shop;
let catalog: ReturnType<typeof createCatalogClient>;
let orders: ReturnType<typeof createOrdersClient>;

const draft = (id: string): ProductDraft => ({
  id,
  film: {
    title: `Film ${id}`,
    releaseDate: undefined,
    genre: "",
    mpaaRating: MpaaRating.MPAA_RATING_UNSPECIFIED,
    distributor: "",
    director: "",
  },
  priceCents: 1000n,
  initialStock: 10,
});

beforeAll(async () => {
  shop = await startShop();
  catalog = createCatalogClient(shop.catalog.address, { transport: transportInUse().client() });
  orders = createOrdersClient(shop.orders.address, { transport: transportInUse().client() });
  await catalog.importProducts(
    ["alien", "brazil", "clue"].map((id, row) => ({ row: row + 1, product: draft(id) })),
  );
}, 60_000);

afterAll(async () => {
  await Promise.all([catalog?.close(), orders?.close()]);
  await shop?.close();
}, 30_000);

async function curl(
  address: string,
  method: string,
  ...messages: object[]
): Promise<Record<string, unknown>[]> {
  const data = messages.map((message) => JSON.stringify(message)).join("\n");
  const { stdout } = await run(BUF, [
    "curl",
    "--protocol",
    "grpc",
    "--http2-prior-knowledge",
    "-d",
    data,
    `http://${address}/${method}`,
  ]);
  return stdout
    .split(/(?<=^\})$/m)
    .filter((text) => text.trim() !== "")
    .map((text) => JSON.parse(text) as Record<string, unknown>);
}

/** Calls a method whose responses do not end, until the first one. */
function firstOf(address: string, method: string, message: object): Promise<string> {
  const child = spawn(BUF, [
    "curl",
    "--protocol",
    "grpc",
    "--http2-prior-knowledge",
    "-d",
    JSON.stringify(message),
    `http://${address}/${method}`,
  ]);
  return new Promise((resolve, reject) => {
    let written = "";
    child.stdout.on("data", (chunk) => {
      written += chunk;
      if (!written.includes("}")) return;
      child.kill();
      resolve(written);
    });
    child.stderr.on("data", (chunk) => {
      written += chunk;
    });
    child.on("exit", () => reject(new Error(written)));
  });
}

describe("buf curl, over reflection", () => {
  it("lists the services and every method", async () => {
    const list = async (address: string) =>
      (
        await run(BUF, [
          "curl",
          "--protocol",
          "grpc",
          "--http2-prior-knowledge",
          "--list-methods",
          `http://${address}`,
        ])
      ).stdout
        .trim()
        .split("\n");
    const methodsOf = ({ methods }: { methods: Record<string, { path: string }> }) =>
      Object.values(methods).map(({ path }) => path.slice(1));
    expect(await list(shop.catalog.address)).toEqual(
      expect.arrayContaining(methodsOf(CatalogService)),
    );
    expect(await list(shop.orders.address)).toEqual(
      expect.arrayContaining(methodsOf(OrdersService)),
    );
    expect(await list(shop.orders.address)).toContain("grpc.health.v1.Health/Check");
  });

  it("calls every method of the catalog", async () => {
    const call = (method: string, ...messages: object[]) =>
      curl(shop.catalog.address, `shop.catalog.v1.CatalogService/${method}`, ...messages);
    expect(
      await call("ImportProducts", {
        row: 1,
        product: { id: "duel", film: { title: "Duel" }, priceCents: "5", initialStock: 3 },
      }),
    ).toMatchObject([{ received: 1, created: 1 }]);
    expect(await call("GetProduct", { id: "duel" })).toMatchObject([
      { product: { id: "duel", stock: 3 } },
    ]);
    expect(await call("BatchGetProducts", { ids: ["duel", "alien"] })).toMatchObject([
      { products: [{ id: "duel" }, { id: "alien" }] },
    ]);
    expect(await call("ListProducts", { pageSize: 1 })).toMatchObject([
      { totalSize: 4, nextPageToken: expect.any(String) },
    ]);
    expect(
      await call("ReserveStock", {
        reservationId: "curl",
        lines: [{ productId: "duel", quantity: 2 }],
      }),
    ).toMatchObject([{ reservation: { id: "curl" } }]);
    expect(
      await firstOf(shop.catalog.address, "shop.catalog.v1.CatalogService/WatchStock", {
        productIds: ["duel"],
      }),
    ).toContain('"stock": 1');
    expect(await call("ReleaseStock", { reservationId: "curl" })).toHaveLength(1);
  });

  it("calls every method of orders", async () => {
    const call = (method: string, ...messages: object[]) =>
      curl(shop.orders.address, `shop.orders.v1.OrdersService/${method}`, ...messages);
    const buyer = { name: "Ada", email: "ada@example.org", address: "1 Road" };
    const [placed] = await call("PlaceOrder", {
      requestId: "curl-1",
      buyer,
      lines: [{ productId: "alien", quantity: 1 }],
      invoice: { reference: "PO 1" },
    });
    const id = (placed?.["order"] as { id: string } | undefined)?.id;
    expect(await call("GetOrder", { id })).toMatchObject([{ order: { id, totalCents: "1000" } }]);
    expect(await call("ListOrders", {})).toMatchObject([{ orders: [{ id }] }]);
    expect(
      await firstOf(shop.orders.address, "shop.orders.v1.OrdersService/TrackOrder", { id }),
    ).toContain(id);
    const quotes = await call(
      "QuoteBasket",
      { add: { productId: "alien", quantity: 2 } },
      { add: { productId: "brazil", quantity: 1 } },
    );
    expect(quotes).toMatchObject([{ totalCents: "2000" }, { totalCents: "3000" }]);
    expect(await call("CancelOrder", { id })).toMatchObject([
      { order: { status: "ORDER_STATUS_CANCELLED" } },
    ]);
  });
});

describe("other languages", () => {
  it.skipIf(!pythonHas("grpc", "grpc_tools"))(
    "python reads a rich error's details (skipped where Debian's python3-grpcio or python3-grpc-tools is not installed)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "tightwire-python-"));
      // Debian's protoc is older than "optional" in proto3, and needs none of it here.
      for (const name of ["status", "error_details"]) {
        const proto = readFileSync(
          join(repository, `node_modules/google-gax/build/protos/google/rpc/${name}.proto`),
          "utf8",
        );
        mkdirSync(join(folder, "google/rpc"), { recursive: true });
        writeFileSync(
          join(folder, `google/rpc/${name}.proto`),
          proto.replace(/^( +)optional /gm, "$1"),
        );
      }
      const files = ["google/rpc/status.proto", "google/rpc/error_details.proto"];
      await run(PYTHON, [
        "-m",
        "grpc_tools.protoc",
        `-I${folder}`,
        `--python_out=${folder}`,
        ...files,
      ]);
      const { stdout } = await run(PYTHON, [
        join(repository, "e2e/rich_error.py"),
        shop.catalog.address,
        folder,
      ]);
      rmSync(folder, { recursive: true });
      expect(JSON.parse(stdout)).toEqual({ code: "INVALID_ARGUMENT", fields: ["id"] });
    },
  );
});

describe("logs", () => {
  it("never hold what the contract marks with debug_redact, also when a call fails", async () => {
    const canaries = {
      name: "canary-name",
      email: "canary@example.org",
      address: "canary road 7",
      number: "4111222233334444",
    };
    const { number, ...buyer } = canaries;
    const place = (requestId: string, quantity: number) =>
      orders.placeOrder({
        requestId,
        buyer,
        lines: [{ productId: "clue", quantity }],
        payment: { $case: "card", value: { number, expiryMonth: 1, expiryYear: 2099 } },
      });
    await place("canary-1", 1);
    await expect(place("canary-2", 0)).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(place("canary-3", 10_000)).rejects.toMatchObject({ code: "failed_precondition" });
    await orders.listOrders({ filter: { email: canaries.email } });
    await expect(
      orders.listOrders({ filter: { email: canaries.email }, pageToken: canaries.email }),
    ).rejects.toBeInstanceOf(RpcError);
    const written = shop.orders.written() + shop.catalog.written();
    expect(written).toContain("/shop.orders.v1.OrdersService/PlaceOrder");
    for (const canary of [canaries.email, canaries.address, number])
      expect(written).not.toContain(canary);
  });
});

describe("a stop", () => {
  it("drains on SIGTERM and exits with 0", async () => {
    const watch = catalog.watchStock({ productIds: ["alien"] });
    await watch[Symbol.asyncIterator]().next();
    expect(await shop.orders.stop()).toBe(0);
    expect(await shop.catalog.stop()).toBe(0);
    for (const service of [shop.catalog, shop.orders]) {
      expect(service.written()).toContain('"msg":"stopped"');
      expect(service.written()).toContain(`"transport":"${transportInUse().name}"`);
    }
  });
});
