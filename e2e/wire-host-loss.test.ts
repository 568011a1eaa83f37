import { grpcJs } from "@tightwire/client/grpc-js";
import { createServer } from "@tightwire/server";
import { createEventLog, type EventLog, eventually } from "@tightwire/testing";
import { type TestClient, TestService, testMessage } from "@tightwire/transport-contract";
import { wire } from "@tightwire/wire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { createOtherHost, namespacesMissing, type OtherHost } from "./network-namespace.js";
import { handlersOf, openClient, rejectionOf } from "./pitfalls-stage.js";

const CONNECT_TIMEOUT_MS = 500;
/** Silence is suspicious after half of it. */
const TIMEOUT_MS = 4_000;
const NEVER = Number.POSITIVE_INFINITY;
const UNACKNOWLEDGED =
  "the connection was closed: the server did not acknowledge a PING within 500 ms";

/**
 * A gRPC server of plain Node: responds to every unary call at once, and to a stream with one
 * message, after which it goes on. Prints its port.
 */
const SERVER = `
  const server = require("node:http2").createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    if (headers[":path"].endsWith("/Unary")) stream.end(Buffer.alloc(5));
    else stream.write(Buffer.alloc(5));
  });
  server.listen(0, "0.0.0.0", () => console.log(server.address().port));
`;

const missing = namespacesMissing();

function testWithHost(what: string, body: (host: OtherHost) => Promise<void>): void {
  test.skipIf(missing !== undefined)(
    missing === undefined ? what : `${what} (left out: ${missing})`,
    () => body(createOtherHost()),
  );
}

/** A client whose attempts are noted by their endpoints. */
function clientOf(target: string, log: EventLog): TestClient {
  const { client } = openClient(target, {
    transport: wire(),
    balancer: "pick-first",
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    timeoutMs: TIMEOUT_MS,
    observers: [
      { started: () => ({ attempt: (endpoint) => log.add(endpoint), finished: () => {} }) },
    ],
  });
  return client;
}

/** A server in this process; stopped when the test has finished. */
async function listenHere(): Promise<string> {
  const server = createServer().add(
    TestService,
    handlersOf({ unary: () => Promise.resolve(testMessage({ text: "here" })) }),
  );
  const { address } = await server.listen("127.0.0.1:0");
  onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 0 }));
  return address;
}

describe("a host that is gone without a word", () => {
  testWithHost(
    "fails its calls of all kinds as UNAVAILABLE before their time, and the next one goes to another address",
    async (host) => {
      const log = createEventLog();
      const there = `${host.address}:${await host.run(SERVER)}`;
      const here = await listenHere();
      const client = clientOf(`static:///${there},${here}`, log);
      await client.unary(testMessage());
      const stream = client.serverStream(testMessage(), { idleTimeoutMs: NEVER });
      const responses = stream[Symbol.asyncIterator]();
      await responses.next();
      host.cut();
      const errors = await Promise.all([
        rejectionOf(responses.next()),
        rejectionOf(client.unary(testMessage())),
        // More than the kernel takes of a host that acknowledges nothing.
        rejectionOf(client.unary(testMessage({ payload: new Uint8Array(3_000_000) }))),
      ]);
      for (const error of errors)
        expect(error).toMatchObject({
          code: "unavailable",
          message: UNACKNOWLEDGED,
          origin: "local",
          outcome: "unknown",
        });
      expect(await client.unary(testMessage())).toMatchObject({ text: "here" });
      expect(log.entries).toEqual([there, there, there, there, here]);
    },
  );

  testWithHost(
    "is suspected by a stream that is silent for half of its idle timeout",
    async (host) => {
      const log = createEventLog();
      const there = `${host.address}:${await host.run(SERVER)}`;
      const client = clientOf(`static:///${there}`, log);
      const stream = client.serverStream(testMessage(), { idleTimeoutMs: TIMEOUT_MS });
      const responses = stream[Symbol.asyncIterator]();
      await responses.next();
      host.cut();
      expect(await rejectionOf(responses.next())).toMatchObject({
        code: "unavailable",
        message: UNACKNOWLEDGED,
      });
    },
  );

  testWithHost("serves calls again after it is back", async (host) => {
    const log = createEventLog();
    const there = `${host.address}:${await host.run(SERVER)}`;
    const client = clientOf(`static:///${there}`, log);
    await client.unary(testMessage());
    host.cut();
    expect(await rejectionOf(client.unary(testMessage()))).toMatchObject({
      message: UNACKNOWLEDGED,
    });
    expect(await rejectionOf(client.unary(testMessage()))).toMatchObject({
      code: "unavailable",
      outcome: "not-processed",
    });
    host.heal();
    await eventually(() => client.unary(testMessage()));
    expect(log.entries).toEqual([there, there, there]);
  });
});

describe("the first of two addresses leads nowhere", () => {
  for (const transport of [wire(), grpcJs()]) {
    testWithHost(`a call goes to the second one, over ${transport.name}`, async (host) => {
      const there = `${host.address}:${await host.run(SERVER)}`;
      const here = await listenHere();
      host.cut();
      const { client } = openClient(`static:///${there},${here}`, { transport });
      expect(await client.unary(testMessage(), { timeoutMs: 3_000 })).toMatchObject({
        text: "here",
      });
      // The attempt that lost is aborted.
      await eventually(() =>
        expect(process.getActiveResourcesInfo()).not.toContain("TCPConnectWrap"),
      );
    });
  }
});
