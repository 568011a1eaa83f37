import { once } from "node:events";
import http2 from "node:http2";
import { connect } from "node:net";
import { createEventLog, eventually } from "@tightwire/testing";
import { type TestClient, testMessage } from "@tightwire/transport-contract";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  listenAt,
  openClient,
  pingsIn,
  rejectionOf,
  startProxy,
  startServer,
  type Proxy as TcpProxy,
} from "./pitfalls-stage.js";
import { type ClientSettings, transportInUse } from "./transport-in-use.js";

/** Long enough for a busy machine to acknowledge a ping in time, as each must be. */
const KEEPALIVE_MS = 500;
/** A server that pings nobody. */
const NEVER_MS = 2_147_483_647;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

afterEach(() => void vi.useRealTimers());

describe("a connection that dies without a word", () => {
  test("fails the client's calls as UNAVAILABLE, also without a deadline, and the next call takes another connection", async () => {
    const log = createEventLog();
    const { address } = await startServer({
      async unary({ text }) {
        log.add(text);
        if (text === "waits") await new Promise(() => {});
        return testMessage({ text });
      },
      async *serverStream() {
        yield testMessage({ text: "first" });
        await new Promise(() => {});
      },
    });
    const proxy = await startProxy(address);
    const { client } = openClient(proxy.address, {
      transport: transportInUse().client({ keepaliveMs: KEEPALIVE_MS }),
    });
    const noDeadline = { timeoutMs: Number.POSITIVE_INFINITY };
    const unary = rejectionOf(client.unary(testMessage({ text: "waits" }), noDeadline));
    const stream = client.serverStream(testMessage(), noDeadline)[Symbol.asyncIterator]();
    await stream.next();
    await log.until("waits");
    proxy.freeze();
    for (const error of [await unary, await rejectionOf(stream.next())]) {
      expect(error).toMatchObject({ code: "unavailable", origin: "local", outcome: "unknown" });
    }
    expect(await client.unary(testMessage({ text: "again" }))).toMatchObject({ text: "again" });
    expect(proxy.connections).toBeGreaterThan(1);
  });

  test("tells the server's handlers that their client is gone", async () => {
    const log = createEventLog();
    const { address } = await startServer(
      {
        async unary(_request, call) {
          log.add("unary runs");
          await once(call.signal, "abort");
          log.add("unary aborted");
          return testMessage();
        },
        async *serverStream(_request, call) {
          yield testMessage();
          await once(call.signal, "abort");
          log.add("stream aborted");
        },
      },
      { keepaliveMs: KEEPALIVE_MS },
    );
    const proxy = await startProxy(address);
    const { client } = openClient(proxy.address);
    client.unary(testMessage(), { timeoutMs: Number.POSITIVE_INFINITY }).catch(() => {});
    await client.serverStream(testMessage())[Symbol.asyncIterator]().next();
    await log.until("unary runs");
    expect(log.entries).toEqual(["unary runs"]);
    proxy.freeze();
    await log.until("unary aborted");
    await log.until("stream aborted");
  });

  test("is closed by the server when nobody acknowledges its ping, also when no call is open", async () => {
    const { address } = await startServer({}, { keepaliveMs: KEEPALIVE_MS });
    const [host = "", port = ""] = address.split(":");
    const socket = connect(Number(port), host).on("error", () => {});
    const received: Buffer[] = [];
    socket.on("data", (chunk) => void received.push(chunk));
    socket.write(Buffer.concat([Buffer.from(PREFACE), EMPTY_SETTINGS]));
    await once(socket, "close");
    expect(pingsIn(Buffer.concat(received))).toBe(1);
  });
});

describe("pings of a client, which many servers refuse when they come too often", () => {
  /**
   * A client with a stream open, since some send no pings without one, and what lies between it and
   * its server.
   */
  async function openIdle(
    settings: ClientSettings,
  ): Promise<{ client: TestClient; proxy: TcpProxy }> {
    const { address } = await startServer(
      {
        unary: () => Promise.resolve(testMessage()),
        async *serverStream() {
          yield testMessage();
          await new Promise(() => {});
        },
      },
      { keepaliveMs: NEVER_MS },
    );
    const proxy = await startProxy(address);
    const { client } = openClient(proxy.address, { transport: transportInUse().client(settings) });
    await client
      .serverStream(testMessage(), { idleTimeoutMs: Number.POSITIVE_INFINITY })
      [Symbol.asyncIterator]()
      .next();
    return { client, proxy };
  }
  const pingsOf = (proxy: TcpProxy): number => pingsIn(proxy.sent().subarray(PREFACE.length));

  test("do not come by default, in half an hour", async () => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
    const { client, proxy } = await openIdle({});
    for (let minute = 0; minute < 30; minute++) vi.advanceTimersByTime(60_000);
    await client.unary(testMessage());
    expect(pingsOf(proxy)).toBe(0);
    expect(proxy.connections).toBe(1);
  });

  test("come when they are asked for", async () => {
    const { proxy } = await openIdle({ keepaliveMs: KEEPALIVE_MS });
    await eventually(() => expect(pingsOf(proxy)).toBeGreaterThan(0));
  });
});

test("a peer that sends GOAWAY again and again loses no call", async () => {
  const server = http2.createServer();
  const counts = { calls: 0, connections: 0 };
  server.on("session", () => counts.connections++);
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(5));
    if (++counts.calls % 5 === 0) stream.session?.close();
  });
  const { client } = openClient(await listenAt(server));
  for (let call = 0; call < 50; call++) await client.unary(testMessage());
  expect(counts.calls).toBe(50);
  expect(counts.connections).toBeGreaterThanOrEqual(10);
});
