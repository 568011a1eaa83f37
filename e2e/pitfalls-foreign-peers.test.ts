import { createServer as createHttp1Server } from "node:http";
import http2 from "node:http2";
import { createServer as createTcpServer } from "node:net";
import type { ClientTransport, Connection } from "@tightwire/core/runtime";
import { createEventLog, createGate, eventually } from "@tightwire/testing";
import { testMessage } from "@tightwire/transport-contract";
import { describe, expect, test } from "vitest";
import { listenAt, openClient, readAll, rejectionOf, startServer } from "./pitfalls-stage.js";
import { transportInUse } from "./transport-in-use.js";

/** A peer that responds to every HTTP/2 request alike. */
function listenResponding(headers: http2.OutgoingHttpHeaders, body: string): Promise<string> {
  const server = http2.createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond(headers, { endStream: body === "" });
    if (body !== "") stream.end(body);
  });
  return listenAt(server);
}

const PAGE = "<!doctype html><html><body>404 page not found</body></html>";

describe("a response that is not gRPC becomes a status by the published table, and says what the response was", () => {
  test.each([
    [400, "text/plain", "bad request", "internal"],
    [401, "text/plain", "", "unauthenticated"],
    [403, "application/json", '{"message":"no"}', "permission_denied"],
    [404, "text/html", PAGE, "unimplemented"],
    [404, "text/plain", "0404", "unimplemented"],
    [429, "application/json", '{"message":"slow down"}', "unavailable"],
    [502, "application/json", '{"error":"bad gateway"}', "unavailable"],
    [503, "text/html", PAGE, "unavailable"],
    [504, "text/plain", "", "unavailable"],
    [500, "text/html", PAGE, "unknown"],
    [302, "text/html", "", "unknown"],
    [200, "text/html", PAGE, "unknown"],
    [200, "application/json", "{}", "unknown"],
    [200, "text/plain", "", "unknown"],
  ])("HTTP %i %s %j is %s", async (status, type, body, code) => {
    const address = await listenResponding(
      { ":status": status, "content-type": `${type}; charset=utf-8` },
      body,
    );
    const { client } = openClient(address);
    const message = `the peer is not a gRPC server: HTTP status ${status}, content-type ${type}`;
    for (const call of [client.unary(testMessage()), readAll(client.serverStream(testMessage()))]) {
      expect(await rejectionOf(call)).toMatchObject({
        code,
        message,
        origin: "local",
        outcome: "unknown",
      });
    }
  });

  test("without a content type it says so", async () => {
    const { client } = openClient(await listenResponding({ ":status": 200 }, PAGE));
    expect(await rejectionOf(client.unary(testMessage()))).toMatchObject({
      code: "unknown",
      message: "the peer is not a gRPC server: HTTP status 200, no content-type",
    });
  });

  test("and a gRPC response that is too large, or stops short, is not mistaken for one", async () => {
    const grpc = { ":status": 200, "content-type": "application/grpc" };
    const large = openClient(await listenResponding(grpc, "\0~~~~"));
    expect(await rejectionOf(large.client.unary(testMessage()))).toMatchObject({
      code: "resource_exhausted",
    });
    const short = openClient(await listenResponding(grpc, "\0"));
    const error = await rejectionOf(short.client.unary(testMessage()));
    expect(error).toMatchObject({ code: "internal" });
    expect(error.message).not.toContain("not a gRPC server");
  });
});

describe("a connection that does not come about fails its calls, and says why in one sentence", () => {
  const reasonAt = async (target: string, options = {}): Promise<string> => {
    const { client } = openClient(target, { connectTimeoutMs: 5_000, ...options });
    const error = await rejectionOf(
      client.unary(testMessage(), { timeoutMs: Number.POSITIVE_INFINITY }),
    );
    expect(error).toMatchObject({ code: "unavailable", outcome: "not-processed" });
    return error.message;
  };

  test("a port that accepts and says nothing, for a call without a deadline", async () => {
    const address = await listenAt(createTcpServer(() => {}));
    expect(await reasonAt(address, { connectTimeoutMs: 100 })).toBe(
      `cannot connect to ${address}: no connection within 100 ms`,
    );
  });

  test("a port that accepts TLS hellos and says nothing", async () => {
    const address = await listenAt(createTcpServer(() => {}));
    const options = { connectTimeoutMs: 100, transport: transportInUse().client({ tls: true }) };
    expect(await reasonAt(address, options)).toBe(
      `cannot connect to ${address}: no connection within 100 ms`,
    );
  });

  test("a port that hangs up", async () => {
    const address = await listenAt(createTcpServer((socket) => socket.destroy()));
    expect(await reasonAt(address)).toMatch(
      /: (the peer closed the connection before it spoke HTTP\/2|read ECONNRESET)$/,
    );
  });

  test("an HTTP/1.1 server", async () => {
    const address = await listenAt(
      createHttp1Server((_request, response) => response.end("hello")),
    );
    expect(await reasonAt(address)).toBe(
      `cannot connect to ${address}: the peer does not speak HTTP/2, or speaks it over TLS only`,
    );
  });

  test("a server without TLS, asked for TLS", async () => {
    const { address } = await startServer({});
    expect(await reasonAt(address, { transport: transportInUse().client({ tls: true }) })).toMatch(
      /^cannot connect to [^ ]+: [^\n]+$/,
    );
  });

  test("a port where nobody listens names each endpoint once", async () => {
    expect(await reasonAt("dns:///127.0.0.1:1")).toBe(
      "cannot connect to dns:///127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
    );
    expect(await reasonAt("static:///127.0.0.1:1,127.0.0.1:2")).toBe(
      "cannot connect to static:///127.0.0.1:1,127.0.0.1:2: connect ECONNREFUSED 127.0.0.1:1; connect ECONNREFUSED 127.0.0.1:2",
    );
    expect(await reasonAt("unix:/nowhere/x.sock")).toBe(
      "cannot connect to unix:/nowhere/x.sock: connect ENOENT /nowhere/x.sock",
    );
  });

  test("several endpoints that say nothing are told apart", async () => {
    const silent = [
      await listenAt(createTcpServer(() => {})),
      await listenAt(createTcpServer(() => {})),
    ];
    const target = `static:///${silent.join(",")}`;
    const reasons = silent.map((address) => `${address}: no connection within 50 ms`).join("; ");
    expect(await reasonAt(target, { connectTimeoutMs: 50 })).toBe(
      `cannot connect to ${target}: ${reasons}`,
    );
  });
});

describe("closing a channel closes a connection that is not established yet", () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;

  test.each([undefined, true])(
    "the socket is closed, and no timer holds the process; TLS %s",
    async (tls) => {
      const log = createEventLog();
      const address = await listenAt(
        createTcpServer((socket) => {
          log.add("tried");
          socket.resume().on("close", () => log.add("aborted"));
        }),
      );
      const before = timers();
      const { channel, client } = openClient(`static:///${address},${address}`, {
        connectTimeoutMs: 60_000,
        transport: transportInUse().client(tls === undefined ? {} : { tls }),
      });
      const call = rejectionOf(client.unary({}, { timeoutMs: Number.POSITIVE_INFINITY }));
      await log.until("tried");
      await channel.close();
      expect(await call).toMatchObject({ code: "cancelled", message: "the channel was closed" });
      await log.until("aborted");
      await eventually(() => expect(timers()).toBeLessThanOrEqual(before));
      expect(log.entries).toEqual(["tried", "aborted"]);
    },
  );

  test("one that a transport brings all the same is closed", async () => {
    const log = createEventLog();
    const late = createGate();
    const connection = {
      onState() {},
      close: () => Promise.resolve(log.add("closed")),
    } as Partial<Connection> as Connection;
    const transport: ClientTransport = {
      name: "late",
      capabilities: { compressRequests: false, compressResponses: false, knowsOutcome: false },
      connect: () => {
        log.add("tried");
        return late.passed.then(() => connection);
      },
    };
    const { channel, client } = openClient("static:///127.0.0.1:1", { transport });
    const call = rejectionOf(client.unary({}));
    await log.until("tried");
    await channel.close();
    late.open();
    expect(await call).toMatchObject({ code: "cancelled" });
    await log.until("closed");
  });
});
