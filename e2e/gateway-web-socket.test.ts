import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type GatewayStage, startGateway } from "./gateway-stage.js";

interface Opened {
  readonly socket: WebSocket;
  /** The next frame, parsed as JSON. */
  next(): Promise<unknown>;
  /** How it was closed. */
  readonly closed: Promise<[code: number, reason: string]>;
}

async function open(
  { address }: GatewayStage,
  path: string,
  headers: Record<string, string> = {},
): Promise<Opened> {
  const socket = new WebSocket(`ws://${address}${path}`, { headers });
  const frames: string[] = [];
  let wake = (): void => {};
  socket.on("message", (data) => {
    frames.push(String(data));
    wake();
  });
  const closed = new Promise<[number, string]>((resolve) =>
    socket.on("close", (code, reason) => resolve([code, String(reason)])),
  );
  await once(socket, "open");
  return {
    socket,
    closed,
    async next() {
      while (frames.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return JSON.parse(frames.shift() as string);
    },
  };
}

/** The response to a request for a WebSocket that is refused. */
async function refused(
  { address }: GatewayStage,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status?: number; body: string }> {
  const socket = new WebSocket(`ws://${address}${path}`, { headers });
  socket.on("error", () => {});
  const [, response] = await once(socket, "unexpected-response");
  return { status: response.statusCode, body: Buffer.concat(await response.toArray()).toString() };
}

/** A message of QuoteBasket. */
const addition = (quantity: number): string =>
  JSON.stringify({ add: { productId: "p-1", quantity } });

describe("a WebSocket carries a call", () => {
  test("of streams both ways: a response for each message; an empty message ends the requests", async () => {
    const stage = await startGateway();
    const { socket, next, closed } = await open(stage, "/v1/baskets:quote");
    socket.send(addition(2));
    expect(await next()).toEqual({ result: { lines: [], totalCents: "2" } });
    socket.send(addition(3));
    expect(await next()).toEqual({ result: { lines: [], totalCents: "5" } });
    socket.send("");
    expect(await closed).toEqual([1_000, ""]);
    await stage.log.until("quote ended");
  });

  test("of a stream of responses, which starts without a message when its request is in the URL", async () => {
    const { next, closed } = await open(await startGateway(), "/v1/stock:watch?productIds=few");
    expect(
      [await next(), await next(), await next()].map(
        (frame) => (frame as { result: { stock: number } }).result.stock,
      ),
    ).toEqual([0, 1, 2]);
    expect((await closed)[0]).toBe(1_000);
  });

  test("of a stream of requests", async () => {
    const { socket, next, closed } = await open(await startGateway(), "/v1/products:import");
    socket.send('{"row":1}');
    socket.send('{"row":2}');
    socket.send("");
    expect(await next()).toMatchObject({ result: { received: 2 } });
    expect((await closed)[0]).toBe(1_000);
  });

  test("that fails: the last frame and the close code have its status", async () => {
    const { socket, next, closed } = await open(await startGateway(), "/v1/baskets:quote");
    socket.send(addition(101));
    expect(await next()).toEqual({ error: { code: 11, message: "that is too much", details: [] } });
    expect(await closed).toEqual([4_011, "that is too much"]);
  });

  test.each([
    ["invalid JSON", "{", "not a shop.orders.v1.QuoteBasketRequest: "],
    ["an unknown field", '{"ad":{}}', "ad: shop.orders.v1.QuoteBasketRequest has no such field"],
  ])("with %s fails with a status that says so", async (_what, text, message) => {
    const stage = await startGateway();
    const { socket, next, closed } = await open(stage, "/v1/baskets:quote");
    socket.send(text);
    expect(
      ((await next()) as { error: { code: number; message: string } }).error.message,
    ).toContain(message);
    expect((await closed)[0]).toBe(4_003);
    await stage.log.until("QuoteBasket cancelled");
  });

  test("with a binary message fails with a status that says so", async () => {
    const { socket, next } = await open(await startGateway(), "/v1/baskets:quote");
    socket.send(Buffer.from([1]));
    expect(await next()).toMatchObject({
      error: { message: "requests must be text frames with JSON (got a binary frame)" },
    });
  });

  test("whose client closes is cancelled", async () => {
    const stage = await startGateway();
    const { socket, next } = await open(stage, "/v1/stock:watch?productIds=waits");
    await next();
    socket.terminate();
    await stage.log.until("WatchStock cancelled");
    await stage.log.until("watch left");
    expect([...stage.log.entries].sort()).toEqual([
      "WatchStock",
      "WatchStock cancelled",
      "watch left",
    ]);
  });

  test("whose message is too large is closed", async () => {
    const { socket, closed } = await open(
      await startGateway({ maxMessageBytes: 1_000 }),
      "/v1/baskets:quote",
    );
    socket.send("x".repeat(1_001));
    expect((await closed)[0]).toBe(1_009);
  });
});

describe("a WebSocket is not opened", () => {
  test("for a path without a streaming method", async () => {
    const stage = await startGateway();
    expect(await refused(stage, "/v1/products/p-1")).toEqual({
      status: 404,
      body: '{"code":5,"message":"no streaming method for /v1/products/p-1","details":[]}',
    });
    expect((await refused(stage, "/v1/stock:watch?nothing=1")).status).toBe(400);
  });

  test("for pages of other origins, which browsers do not prevent", async () => {
    const stage = await startGateway();
    const { status, body } = await refused(stage, "/v1/baskets:quote", {
      origin: "https://evil.example",
    });
    expect([status, body]).toEqual([
      403,
      expect.stringContaining(
        "origin https://evil.example is not allowed to open a WebSocket here",
      ),
    ]);
    (await open(stage, "/v1/baskets:quote", { origin: stage.url })).socket.close();
    const open2 = await startGateway({ cors: { origins: ["https://shop.example"] } });
    (await open(open2, "/v1/baskets:quote", { origin: "https://shop.example" })).socket.close();
    expect(
      (await refused(open2, "/v1/baskets:quote", { origin: "https://evil.example" })).status,
    ).toBe(403);
  });

  test("for an invalid WebSocket request", async () => {
    const { address } = await startGateway();
    const [host, port] = address.split(":") as [string, string];
    const socket = connect(Number(port), host);
    socket.write(
      "GET /v1/baskets:quote HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    );
    const [chunk] = await once(socket, "data");
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });
});
