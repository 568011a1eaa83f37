import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { createCatalogClient } from "@shop/client";
import { CatalogService } from "@shop/contracts/catalog";
import { OrdersService } from "@shop/contracts/orders";
import { createChannel } from "@tightwire/client";
import { createGateway, type Gateway } from "@tightwire/gateway";
import type { Browser, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser, whyNoBrowser } from "./browser.js";
import type { OrderStory } from "./browser-order.js";
import { repository, type Shop, startShop } from "./shop-process.js";

const run = promisify(execFile);
const CONFIRMED = 2;
const CANCELLED = 3;

let shop: Shop;
let gateway: Gateway;
let url: string;
/** Serves the page that the clients run in, from another origin than the gateway's. */
const pages = createServer();
let origin: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  shop = await startShop();
  ends.push(shop.close);
  const catalog = createCatalogClient(shop.catalog.address);
  const film = { title: "Alien", genre: "", mpaaRating: 0, distributor: "", director: "" } as const;
  await catalog.importProducts([
    { row: 1, product: { id: "alien", film, priceCents: 1_299n, initialStock: 10 } },
  ]);
  await catalog.close();
  const script = await bundle("browser-order.ts");
  pages.on("request", (request, response) => {
    const isScript = request.url === "/script.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript
        ? script
        : '<!doctype html><title>shop</title><script type="module" src="/script.js"></script>',
    );
  });
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(pages.address() as { port: number }).port}`;
  const channels = [
    createChannel(shop.catalog.address),
    createChannel(shop.orders.address),
  ] as const;
  gateway = createGateway({ cors: { origins: [origin] } })
    .add(CatalogService, channels[0])
    .add(OrdersService, channels[1]);
  const { address } = await gateway.listen("127.0.0.1:0");
  url = `http://${address}`;
  ends.push(
    () => gateway.close(0),
    () => Promise.all(channels.map((channel) => channel.close())).then(() => {}),
    () => new Promise((resolve) => pages.close(() => resolve())),
  );
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function bundle(file: string): Promise<string> {
  const built = await rolldown({ input: join(import.meta.dirname, file), platform: "browser" });
  const { output } = await built.generate({ format: "esm" });
  await built.close();
  return output[0].code;
}

describe.skipIf(whyNoBrowser !== undefined)(
  `in Chromium${whyNoBrowser === undefined ? "" : `: ${whyNoBrowser}`}`,
  () => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      browser = await launchBrowser();
      page = await browser.newPage();
      await page.goto(origin);
      await page.waitForFunction("globalThis.completeOrder !== undefined");
    });
    afterAll(() => browser?.close());

    test.each([
      "connect-web, Connect",
      "connect-web, Connect, binary",
      "connect-web, gRPC-Web",
      "grpc-web, text",
    ])("%s completes an order from start to finish, from another origin", async (name) => {
      const image = readFileSync(join(repository, "gen/descriptors.binpb")).toString("base64");
      const args = [name, url, image, name.replace(/\W+/g, "-")]
        .map((one) => JSON.stringify(one))
        .join(", ");
      const story = (await page.evaluate(`completeOrder(${args})`)) as OrderStory;
      expect(story).toEqual({
        placed: CONFIRMED,
        tracked: [CONFIRMED, CANCELLED],
        cancelled: CANCELLED,
        read: CANCELLED,
        missing: expect.stringMatching(/^5 .*no such order/),
      });
    });
  },
);

test("curl completes an order from start to finish", async () => {
  const curl = async (path: string, ...args: string[]): Promise<Record<string, unknown>> => {
    const { stdout } = await run("curl", [
      "--silent",
      "--show-error",
      "--max-time",
      "20",
      ...args,
      url + path,
    ]);
    return JSON.parse(stdout.trim().split("\n").at(-1) as string);
  };
  const send = (body: unknown): string[] => [
    "--header",
    "content-type: application/json",
    "--data",
    JSON.stringify(body),
  ];
  const { products } = (await curl("/v1/products?pageSize=1&filter.titleContains=alien")) as {
    products: { id: string }[];
  };
  expect(products).toMatchObject([{ id: "alien" }]);
  const buyer = { name: "Ada", email: "ada@example.org", address: "1 Road" };
  const lines = [{ productId: "alien", quantity: 2 }];
  const { order } = (await curl(
    "/v1/orders",
    ...send({ requestId: "curl", buyer, lines, invoice: { reference: "PO" } }),
  )) as {
    order: { id: string };
  };
  expect(order).toMatchObject({ status: "ORDER_STATUS_CONFIRMED", totalCents: "2598" });
  expect(await curl(`/v1/orders/${order.id}`)).toMatchObject({
    order: { id: order.id, lines: [{ title: "Alien", unitPriceCents: "1299" }] },
  });
  expect(await curl(`/v1/orders/${order.id}:cancel`, ...send({}))).toMatchObject({
    order: { status: "ORDER_STATUS_CANCELLED" },
  });
  // A finished order is reported once.
  expect(await curl(`/v1/orders/${order.id}:track`)).toMatchObject({
    result: { status: "ORDER_STATUS_CANCELLED" },
  });
  expect(await curl("/v1/orders/none")).toMatchObject({ code: 5 });
});
