import { Agent, request } from "node:http";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { eventually } from "@tightwire/testing";
import { describe, expect, test } from "vitest";
import { startGateway } from "./gateway-stage.js";

const JSON_TYPE = { "content-type": "application/json" };
const LINES_TYPE = { "content-type": "application/x-ndjson" };

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Sends a GET over the connections of `agent`, with `body` if it is not empty. */
function get(
  agent: Agent,
  url: string,
  body = "",
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const headers =
      body === "" ? {} : { "content-type": "application/json", "content-length": body.length };
    const asked = request(url, { agent, headers }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    asked.on("error", reject).end(body);
  });
}

describe("a unary call", () => {
  test("returns JSON: 64-bit integers as strings, defaults included, time with nanoseconds", async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/v1/products/p-1`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({
      product: {
        id: "p-1",
        priceCents: "1299",
        stock: 0,
        createTime: "2023-11-14T22:13:20.123456789Z",
      },
    });
    const { products } = (await (
      await fetch(`${url}/v1/products:batchGet?ids=a&ids=b`)
    ).json()) as {
      products: { id: string; priceCents: string }[];
    };
    expect(products.map(({ id, priceCents }) => [id, priceCents])).toEqual([
      ["a", "9007199254740993"],
      ["b", "9007199254740993"],
    ]);
  });

  test("omits defaults when configured so", async () => {
    const { url } = await startGateway({ emitDefaults: false });
    expect(await (await fetch(`${url}/v1/products/p-1`)).json()).toEqual({
      product: { id: "p-1", priceCents: "1299", createTime: "2023-11-14T22:13:20.123456789Z" },
    });
  });

  test("reads the fields of its request from the query, including nested and repeated ones", async () => {
    const { url } = await startGateway();
    const query =
      "page_size=7&filter.genre=Sci-Fi%20%26%20more&filter.mpaaRatings=MPAA_RATING_G&filter.mpaa_ratings=4&filter.releasedFrom.year=1979";
    const { nextPageToken } = (await (await fetch(`${url}/v1/products?${query}`)).json()) as {
      nextPageToken: string;
    };
    expect(nextPageToken).toBe("7 Sci-Fi & more 1,4 1979");
  });

  test("reads them from body and path", async () => {
    const { url } = await startGateway();
    const release = await fetch(`${url}/v1/reservations/r%2F1:release`, {
      method: "POST",
      headers: JSON_TYPE,
      body: "{}",
    });
    expect(await release.json()).toMatchObject({ reservation: { id: "r/1" } });
    const body = JSON.stringify({
      requestId: "o-1",
      buyer: { name: "Ada", email: "ada@example.org", address: "1 Road" },
      lines: [{ productId: "p-1", quantity: 2 }],
      card: { number: "4111", expiryMonth: "12", expiryYear: 2030 },
    });
    const placed = await fetch(`${url}/v1/orders`, { method: "POST", headers: JSON_TYPE, body });
    expect(await placed.json()).toMatchObject({
      order: { id: "o-1", buyer: { name: "Ada" }, card: { number: "4111", expiryMonth: 12 } },
    });
  });

  test("has the gateway's identity as its peer, and only the forwarded headers", async () => {
    const { url, calls } = await startGateway({ exposeMetadata: ["x-served-by", "x-cost"] });
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = {
      authorization: "Bearer t",
      traceparent,
      "x-request-id": "r-1",
      cookie: "c=1",
      "x-other": "o",
      "grpc-timeout": "5S",
    };
    const response = await fetch(`${url}/v1/products/p-1`, { headers });
    const [call] = calls;
    expect(call?.peer).toEqual({ kind: "in-process", address: "in-process", identity: "gateway" });
    expect([...(call?.metadata ?? [])]).toEqual([
      ["authorization", "Bearer t"],
      ["traceparent", traceparent],
      ["x-request-id", "r-1"],
    ]);
    expect(call?.timeLeftMs).toBeLessThanOrEqual(5_000);
    expect([response.headers.get("x-served-by"), response.headers.get("x-cost")]).toEqual([
      "stub",
      "3",
    ]);
    const closed = await startGateway();
    expect((await fetch(`${closed.url}/v1/products/p-1`)).headers.get("x-served-by")).toBeNull();
  });

  test("is cancelled when its client closes the connection", async () => {
    const { url, log } = await startGateway();
    const controller = new AbortController();
    const response = fetch(`${url}/v1/products/slow`, { signal: controller.signal });
    await log.until("GetProduct");
    controller.abort();
    await expect(response).rejects.toThrow();
    await log.until("GetProduct cancelled");
  });

  test("is not kept in memory by its connection", async () => {
    const stage = await startGateway();
    const agent = new Agent({ keepAlive: true });
    expect(await get(agent, `${stage.url}/v1/products/p-1`)).toMatchObject({ status: 200 });
    const call = new WeakRef(stage.calls.at(-1) as object);
    stage.forgetCalls();
    await eventually(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      collect();
      expect(call.deref()).toBeUndefined();
    });
    expect(Object.values(agent.freeSockets)).toHaveLength(1);
    agent.destroy();
  });

  test("that takes no body is refused when it has one", async () => {
    const { url } = await startGateway();
    const agent = new Agent({ keepAlive: true });
    const { status, text } = await get(agent, `${url}/v1/products/p-1`, '{"id":"p-2"}');
    expect([status, text]).toEqual([400, expect.stringContaining("this request takes no body")]);
    expect(await get(agent, `${url}/v1/products/p-1`)).toMatchObject({ status: 200 });
    agent.destroy();
  });

  test("a HEAD gets the response of a GET without its body", async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/v1/products/p-1`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(50);
  });
});

describe("an error", () => {
  test("is google.rpc.Status with its details, under the HTTP status of its code", async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/v1/products/p-2`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: 5,
      message: 'no such product: "p-2"',
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: "id", description: "is not known" }],
        },
      ],
    });
  });

  test("is a problem when the client asks for one", async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/v1/products/p-2`, {
      headers: { accept: "application/problem+json, application/json;q=0.5" },
    });
    expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      title: "NOT_FOUND",
      status: 404,
      detail: 'no such product: "p-2"',
      code: "NOT_FOUND",
    });
  });

  test("does not expose an unexpected error of a handler", async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/v1/products/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  test("is a 504 when the timeout of the header passes, a 400 when the header is invalid", async () => {
    const { url, log } = await startGateway();
    expect(
      (await fetch(`${url}/v1/products/slow`, { headers: { "grpc-timeout": "20m" } })).status,
    ).toBe(504);
    expect(
      (await fetch(`${url}/v1/products/slow`, { headers: { "connect-timeout-ms": "20" } })).status,
    ).toBe(504);
    await eventually(() =>
      expect(log.entries.filter((entry) => entry === "GetProduct cancelled")).toHaveLength(2),
    );
    const refused = await fetch(`${url}/v1/products/p-1`, { headers: { "grpc-timeout": "soon" } });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      message:
        'header grpc-timeout must be one to eight digits and a unit, like 500m or 2S (got "soon")',
    });
  });

  test.each([
    ["GET", "/v1/nothing", {}, undefined, 404, "no route for GET /v1/nothing"],
    [
      "PUT",
      "/v1/orders",
      JSON_TYPE,
      "{}",
      405,
      "method PUT is not allowed here; allowed: GET, POST",
    ],
    [
      "POST",
      "/v1/orders",
      { "content-type": "text/plain" },
      "{}",
      415,
      'the content-type must be application/json (got "text/plain")',
    ],
    [
      "POST",
      "/v1/orders",
      { ...JSON_TYPE, "content-encoding": "gzip" },
      "{}",
      415,
      'content-encoding "gzip" is not supported',
    ],
    [
      "POST",
      "/v1/orders?x=1",
      JSON_TYPE,
      "{}",
      400,
      'this request takes no query; send "x" in the body',
    ],
    [
      "POST",
      "/v1/products:import",
      JSON_TYPE,
      "{}",
      415,
      'the content-type must be application/x-ndjson (got "application/json")',
    ],
    ["GET", "/v1/products?filter=x", {}, undefined, 400, "filter: cannot be a query parameter"],
    [
      "GET",
      "/v1/products?pageSize=1&pageSize=2",
      {},
      undefined,
      400,
      "pageSize: must not be repeated; it takes one value",
    ],
    [
      "GET",
      "/v1/products?filter.inStock=yes",
      {},
      undefined,
      400,
      'filter.inStock: must be true or false (got "yes")',
    ],
    ["GET", "/v1/products?pageSize=x", {}, undefined, 400, "pageSize: "],
    [
      "GET",
      "/v1/products/p-1?id=p-2",
      {},
      undefined,
      400,
      "id: must be in the path of this request, not in the query",
    ],
  ])("names what is wrong: %s %s", async (method, path, headers, body, status, message) => {
    const { url } = await startGateway();
    const response = await fetch(url + path, {
      method,
      headers: headers as Record<string, string>,
      ...(body === undefined ? {} : { body }),
    });
    const told = (await response.json()) as { message: string };
    expect(told.message).toContain(message);
    expect(response.status).toBe(status);
  });
});

describe("a stream of responses", () => {
  test("is one line per message, and the last line ends with a newline", async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/v1/stock:watch?productIds=few`);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await response.text()).split("\n");
    expect(lines.map((line) => (line === "" ? undefined : JSON.parse(line)))).toEqual([
      { result: { productId: "x", stock: 0 } },
      { result: { productId: "x", stock: 1 } },
      { result: { productId: "x", stock: 2 } },
      undefined,
    ]);
  });

  test("is one event per message when the client asks for events, and a final event", async () => {
    const { url } = await startGateway();
    const response = await fetch(`${url}/v1/stock:watch?productIds=few`, {
      headers: { accept: "text/event-stream" },
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const text = await response.text();
    expect(text.split("\n\n").map((event) => event.split("\n")[0])).toEqual([
      'data: {"productId":"x","stock":0}',
      'data: {"productId":"x","stock":1}',
      'data: {"productId":"x","stock":2}',
      "event: end",
      "",
    ]);
  });

  test.each(["application/x-ndjson", "text/event-stream"])(
    "arrives completely: %s",
    async (accept) => {
      const { url } = await startGateway();
      const text = await (
        await fetch(`${url}/v1/stock:watch?productIds=many`, { headers: { accept } })
      ).text();
      const stocks = [...text.matchAll(/"stock":(\d+)/g)].map(([, stock]) => Number(stock));
      expect(stocks).toEqual(Array.from({ length: 3_000 }, (_, stock) => stock));
    },
  );

  test("that is not finished gets no error response into it when invalid HTTP follows its request", async () => {
    const { address, log } = await startGateway();
    const [host, port] = address.split(":") as [string, string];
    const socket = connect(Number(port), host);
    let text = "";
    socket.on("data", (part) => {
      text += part.toString();
    });
    socket.write("GET /v1/stock:watch?productIds=waits HTTP/1.1\r\nhost: x\r\n\r\n");
    await eventually(() => expect(text).toContain('"stock":0'));
    socket.write("no HTTP\r\n\r\n");
    await log.until("WatchStock cancelled");
    await eventually(() => expect(socket.closed).toBe(true));
    expect(text.match(/HTTP\/1.1 /g)).toHaveLength(1);
  });

  test("is cancelled at once for a HEAD, which gets only the head", async () => {
    const { url, log } = await startGateway();
    const response = await fetch(`${url}/v1/stock:watch?productIds=much`, { method: "HEAD" });
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "application/x-ndjson",
      "",
    ]);
    await log.until("watch left");
  });

  test("that fails at once is an ordinary error, and one that fails later reports it in its last line", async () => {
    const { url } = await startGateway();
    const refused = await fetch(`${url}/v1/stock:watch?productIds=none`);
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { code: 3, message: "there is none", details: [] },
    ]);
    const invalid = await fetch(`${url}/v1/stock:watch`);
    const message =
      "the request of /shop.catalog.v1.CatalogService/WatchStock is not valid: product_ids must have at least 1 item";
    const details = [
      {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        fieldViolations: [
          {
            field: "product_ids",
            description: "must have at least 1 item",
            reason: "REPEATED_MIN_ITEMS",
          },
        ],
      },
    ];
    expect([invalid.status, await invalid.json()]).toEqual([400, { code: 3, message, details }]);
    const broken = await (await fetch(`${url}/v1/stock:watch?productIds=breaks`)).text();
    expect(broken.trim().split("\n").at(-1)).toBe(
      '{"error":{"code":14,"message":"the warehouse is closed","details":[]}}',
    );
    const events = await (
      await fetch(`${url}/v1/stock:watch?productIds=breaks`, {
        headers: { accept: "text/event-stream" },
      })
    ).text();
    expect(events).toContain(
      'event: error\ndata: {"code":14,"message":"the warehouse is closed","details":[]}\n\n',
    );
  });

  test("stops its handler while the client does not read, and is cancelled when the client closes", async () => {
    const { address, log, calls, produced } = await startGateway();
    const [host, port] = address.split(":") as [string, string];
    const socket = connect(Number(port), host);
    socket.write("GET /v1/stock:watch?productIds=much HTTP/1.1\r\nhost: x\r\n\r\n");
    socket.pause();
    await eventually(() => expect(calls).toHaveLength(1));
    // It produces 100 KB per message endlessly: only the buffers of the sockets can take them.
    let before = -1;
    await eventually(() => {
      const now = produced();
      const still = now === before;
      before = now;
      expect(still && now > 0).toBe(true);
    });
    expect(produced()).toBeLessThan(300);
    expect(log.entries).not.toContain("watch left");
    socket.destroy();
    await log.until("WatchStock cancelled");
    await log.until("watch left");
  });
});

describe("a stream of requests", () => {
  test("is one line per message, read as the lines arrive", async () => {
    const { address, log } = await startGateway();
    const [host, port] = address.split(":") as [string, string];
    const upload = request({
      host,
      port,
      path: "/v1/products:import",
      method: "POST",
      headers: LINES_TYPE,
    });
    const responded = new Promise<string>((resolve) => {
      upload.on("response", async (response) =>
        resolve(Buffer.concat(await response.toArray()).toString()),
      );
    });
    upload.write('{"row":1}\n{"row"');
    await eventually(() => expect(log.entries).toEqual(["ImportProducts", "row 1"]));
    upload.write(":2}\n\n");
    await log.until("row 2");
    upload.end('{"row":3}');
    expect(JSON.parse(await responded)).toMatchObject({ received: 3, created: 3 });
  });

  test("with invalid JSON fails with a 400 that names the field, and one that the handler refuses with its error", async () => {
    const { url, log } = await startGateway();
    const send = (body: string): Promise<Response> =>
      fetch(`${url}/v1/products:import`, { method: "POST", headers: LINES_TYPE, body });
    const broken = await send('{"row":1}\n{"rwo":2}\n');
    expect([broken.status, ((await broken.json()) as { message: string }).message]).toEqual([
      400,
      "rwo: shop.catalog.v1.ImportProductsRequest has no such field",
    ]);
    await log.until("ImportProducts cancelled");
    const ended = await send('{"row":666}\n{"row":2}\n');
    expect([ended.status, await ended.json()]).toEqual([
      400,
      { code: 9, message: "enough", details: [] },
    ]);
  });

  test("and of responses goes both ways at once", async () => {
    const { url } = await startGateway();
    const add = (quantity: number) => `{"add":{"productId":"p-1","quantity":${quantity}}}\n`;
    const body = add(2) + add(3);
    const response = await fetch(`${url}/v1/baskets:quote`, {
      method: "POST",
      headers: LINES_TYPE,
      body,
    });
    expect(
      (await response.text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).result.totalCents),
    ).toEqual(["2", "5"]);
  });
});

test("without pages the document is still served", async () => {
  const bare = await startGateway({ page: false });
  expect((await fetch(`${bare.url}/`)).status).toBe(404);
  expect(await (await fetch(`${bare.url}/openapi.json`)).json()).toMatchObject({
    openapi: "3.1.1",
  });
  const full = await startGateway();
  expect((await fetch(`${full.url}/`)).headers.get("content-type")).toMatch(/^text\/html/);
});
