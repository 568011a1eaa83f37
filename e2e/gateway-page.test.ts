import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  keepPicture,
  LOOKS,
  launchBrowser,
  type WatchedPage,
  watchPage,
  whyNoBrowser,
} from "./browser.js";
import { type GatewayShop, startGatewayShop } from "./gateway-shop.js";

const CATALOG = [
  "GetProduct",
  "BatchGetProducts",
  "ListProducts",
  "ImportProducts",
  "WatchStock",
  "ReserveStock",
  "ReleaseStock",
];
const ORDERS = ["ListOrders", "PlaceOrder", "GetOrder", "CancelOrder", "TrackOrder", "QuoteBasket"];

/** For busy machines. */
const PATIENCE = { timeout: 20_000, interval: 10 };

let browser: Browser;
let shop: GatewayShop;

beforeAll(async () => {
  if (whyNoBrowser === undefined) browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  shop = await startGatewayShop();
  onTestFinished(() => shop.close());
});

/** A test that is skipped, with the reason in its name, when there is no browser. */
function testInBrowser(what: string, body: () => Promise<void>): void {
  test.skipIf(whyNoBrowser !== undefined)(
    whyNoBrowser === undefined ? what : `${what} (skipped: ${whyNoBrowser})`,
    body,
  );
}

async function openMethod(id: string): Promise<WatchedPage> {
  const watched = await watchPage(browser);
  await watched.page.goto(`${shop.origin}#${id}`);
  await watched.page.getByRole("heading", { level: 1, name: id.split("_")[1] as string }).waitFor();
  return watched;
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

function statusOf(page: Page): Promise<string | null> {
  return page.locator("[data-status]").textContent();
}

async function expectStatus(page: Page, text: string): Promise<void> {
  await expect.poll(() => statusOf(page), PATIENCE).toBe(text);
}

/** The messages of a stream as JSON, each with its direction. */
async function messagesOf(page: Page): Promise<unknown[]> {
  const entries = await page.getByRole("log").getByRole("listitem").all();
  return Promise.all(
    entries.map(async (entry) => [
      await entry.getAttribute("class"),
      JSON.parse((await entry.locator("code").textContent()) ?? ""),
    ]),
  );
}

describe("the console", () => {
  testInBrowser("lists all services and methods, and filters the list", async () => {
    const { page } = await watchPage(browser);
    await page.goto(shop.origin);
    const list = page.getByRole("navigation", { name: "Methods" });
    await expect
      .poll(() => list.locator("a:visible .name").allTextContents(), PATIENCE)
      .toEqual([...CATALOG, ...ORDERS]);
    expect(await list.getByRole("heading").allTextContents()).toEqual([
      "CatalogServiceshop.catalog.v1",
      "OrdersServiceshop.orders.v1",
    ]);
    await page.keyboard.press("/");
    await page.keyboard.type("orders stream");
    expect(await list.locator("a:visible .name").allTextContents()).toEqual(["TrackOrder"]);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "TrackOrder" }).waitFor();
    expect(page.url()).toBe(`${shop.origin}#OrdersService_TrackOrder`);
    await page.getByLabel("Filter methods").fill("nothing of this name");
    await page.getByText("No method has this name.").waitFor();
  });

  testInBrowser("calls a method from its form, with credentials and timeout", async () => {
    const { page } = await openMethod("CatalogService_GetProduct");
    await page.getByText("Call options").click();
    await page.getByLabel("authorization").fill("Bearer me");
    await page.getByLabel("timeout").fill("1500");
    await page.getByLabel("id", { exact: true }).fill("alien");
    await page.keyboard.press("Control+Enter");
    await expectStatus(page, "200 OK");
    expect(await page.locator("[data-time]").textContent()).toMatch(/^[\d.]+ ms$/);
    expect(JSON.parse((await page.locator(".response .json").textContent()) ?? "")).toMatchObject({
      product: {
        id: "alien",
        film: { title: "Alien", mpaaRating: "MPAA_RATING_R", usGross: "80930630" },
        priceCents: "1499",
        stock: 3,
      },
    });
    await page.getByText(/^Headers/).click();
    expect(await page.locator(".headers").textContent()).toContain("content-typeapplication/json");
    expect(shop.log.entries).toEqual(["getProduct for Bearer me, in a hurry"]);
    await page.getByText("curl", { exact: true }).click();
    expect(await page.locator(".command code").textContent()).toBe(
      `curl '${shop.origin}v1/products/alien' \\\n  -H 'authorization: Bearer me' \\\n  -H 'grpc-timeout: 1500m'`,
    );
  });

  testInBrowser("sends all values of a repeated parameter, except removed ones", async () => {
    const { page, requests } = await openMethod("CatalogService_BatchGetProducts");
    await press(page, "Send");
    expect(await page.locator("[data-status]").count()).toBe(0); // a value is missing
    for (const [index, id] of ["a/b", "left out", "c d"].entries()) {
      if (index > 0) await press(page, "Add ids");
      await page.getByLabel(`ids ${index + 1}`, { exact: true }).fill(id);
    }
    await press(page, "Remove ids 2");
    await press(page, "Send");
    await expectStatus(page, "400 Bad Request"); // ids have no slashes and spaces
    expect(requests).toContain(`${shop.origin}v1/products:batchGet?ids=a%2Fb&ids=c+d`);
  });

  testInBrowser("shows an error with its details", async () => {
    const { page } = await openMethod("CatalogService_GetProduct");
    await page.getByLabel("id", { exact: true }).fill("tags");
    await press(page, "Send");
    await expectStatus(page, "404 Not Found");
    const error = await page.locator("[data-error]").textContent();
    expect(error).toContain('NOT_FOUNDno such product: "<b>x</b>"');
    expect(error).toContain("BadRequestidis unknown");
  });

  testInBrowser("does not send invalid JSON", async () => {
    const { page, requests } = await openMethod("OrdersService_PlaceOrder");
    expect(JSON.parse(await page.getByLabel("Body").inputValue())).toMatchObject({
      requestId: "request-id",
    });
    await page.getByLabel("Body").fill("{");
    await press(page, "Send");
    await expect.poll(() => page.getByRole("alert").textContent(), PATIENCE).not.toBe("");
    expect(requests).not.toContain(`${shop.origin}v1/orders`);
  });

  testInBrowser("shows the messages of a stream as they arrive, and stops the call", async () => {
    const { page } = await openMethod("CatalogService_WatchStock");
    await page.getByLabel("productIds 1", { exact: true }).fill("alien");
    await press(page, "Send");
    const first = ["received", { productId: "alien", stock: 3 }];
    await expect.poll(() => messagesOf(page), PATIENCE).toMatchObject([first]);
    expect(await page.getByRole("log").locator("time").textContent()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3}$/,
    );
    shop.stockChanges.open();
    await expect
      .poll(() => messagesOf(page), PATIENCE)
      .toMatchObject([first, ["received", { stock: 2 }]]);
    await expectStatus(page, "200 OK");
    expect(shop.log.entries).toEqual([]);
    await press(page, "Stop");
    await shop.log.until("watchStock aborted");
    await expectStatus(page, "Stopped");
  });

  testInBrowser("sends one message per line", async () => {
    const { page } = await openMethod("CatalogService_ImportProducts");
    await page.getByLabel("Messages, one per line").fill('{"row":1}\n{"row":2}\n\n{"row":3}\n');
    await press(page, "Send");
    await expectStatus(page, "200 OK");
    expect(JSON.parse((await page.locator(".response .json").textContent()) ?? "")).toMatchObject({
      received: 3,
      created: 3,
    });
  });

  testInBrowser("exchanges messages over a WebSocket", async () => {
    const { page, requests } = await openMethod("OrdersService_QuoteBasket");
    await press(page, "Open");
    const messages: unknown[] = [];
    for (const [quantity, totalCents] of [
      [1, "1499"],
      [2, "4497"],
    ]) {
      const message = { add: { productId: "alien", quantity } };
      await page.getByLabel("Message", { exact: true }).fill(JSON.stringify(message));
      await press(page, "Send message");
      messages.push(["sent", message], ["received", { lines: [], totalCents }]);
      await expect.poll(() => messagesOf(page), PATIENCE).toEqual(messages);
    }
    expect(shop.log.entries).toEqual([]);
    await press(page, "End requests");
    await shop.log.until("quoteBasket read all");
    await expectStatus(page, "Ended");
    expect(requests).toContain(`${shop.origin.replace("http:", "ws:")}v1/baskets:quote`);
  });

  testInBrowser("keeps the chosen colours on both pages", async () => {
    const { page } = await watchPage(browser);
    const theme = (): Promise<unknown> => page.evaluate("document.documentElement.dataset.theme");
    await page.goto(shop.origin);
    expect(await theme()).toBe("light");
    await press(page, "Use dark colours");
    expect(await theme()).toBe("dark");
    await page.getByRole("link", { name: "Reference" }).click();
    await page.getByRole("button", { name: "Use light colours" }).waitFor();
    expect(await theme()).toBe("dark");
  });
});

describe.each(LOOKS)("at $width in the $scheme", (look) => {
  testInBrowser("the console fits, loads nothing from elsewhere and logs no errors", async () => {
    const { page, requests, complaints } = await watchPage(browser, look);
    await page.goto(shop.origin);
    await page.getByRole("heading", { level: 1, name: "Film shop" }).waitFor();
    await expectFits(page);
    await keepPicture(page, "overview", look);
    for (const [service, methods] of [
      ["Catalog", CATALOG],
      ["Orders", ORDERS],
    ] as const) {
      for (const method of methods) {
        await page.evaluate(`location.hash = "${service}Service_${method}"`);
        await page.getByRole("heading", { level: 1, name: method }).waitFor();
        for (const summary of await page.locator("summary:visible").all()) await summary.click();
        await expectFits(page);
      }
    }
    await page.goto(`${shop.origin}#CatalogService_GetProduct`);
    await page.getByLabel("id", { exact: true }).fill("alien");
    await press(page, "Send");
    await expectStatus(page, "200 OK");
    await expectFits(page);
    await keepPicture(page, "console", look);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(shop.origin))).toEqual([]);
  });

  testInBrowser("the reference fits, loads nothing from elsewhere and logs no errors", async () => {
    const { page, requests, complaints } = await watchPage(browser, look);
    await page.goto(`${shop.origin}reference`);
    await page.getByRole("heading", { name: "CatalogService" }).first().waitFor();
    await page.getByText("Returns one product.").first().waitFor();
    await page.waitForLoadState("networkidle");
    await expectFits(page);
    await keepPicture(page, "reference", look);
    expect(await page.getByRole("button", { name: /test request|ask ai/i }).count()).toBe(0);
    expect(complaints).toEqual([]);
    expect(
      requests.filter((url) => !url.startsWith(shop.origin) && !url.startsWith("data:")),
    ).toEqual([]);
  });
});

/** Checks that nothing is wider than the window. */
async function expectFits(page: Page): Promise<void> {
  expect(
    await page.evaluate("document.documentElement.scrollWidth - innerWidth"),
    await page.title(),
  ).toBeLessThanOrEqual(0);
}
