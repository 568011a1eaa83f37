import { once } from "node:events";
import { createServer as createHttp1, type IncomingHttpHeaders } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type LifeHeaders, lifeHeaders } from "./headers.js";
import type { PeerClient } from "./peer.js";
import { findPeer, PEERS } from "./peers.js";

/** One call of each kind: what it responds with, and the number that stands for its being right. */
const CALLS: readonly [string, number, (client: PeerClient) => Promise<number | undefined>][] = [
  ["get", 5, async (client) => (await client.get("order-001")).order?.items.length],
  ["list", 500, async (client) => (await client.list(500)).items.length],
  ["watch", 300, (client) => client.watch(300)],
  [
    "chat",
    10,
    async (client) => {
      let responses = 0;
      const seen = await client.chat(10, () => responses++);
      return responses === seen ? seen : undefined;
    },
  ],
];

describe.each(PEERS)("$name", ({ server, client, cannot = [] }) => {
  test("responds to all that it can, with plain headers and with headers as in life", async () => {
    const address = await (await server?.())?.startServer();
    const { connectClient } = await client();
    for (const nextHeaders of [undefined, lifeHeaders()]) {
      const calls = await connectClient(address, nextHeaders);
      for (const [name, right, call] of CALLS) {
        if (cannot.includes(name))
          await expect(call(calls), name).rejects.toThrow(/\bcan(not)? do\b/);
        else expect(await call(calls), name).toBe(right);
      }
    }
  });
});

/**
 * A server that responds to nothing right, and tells the headers of the first request that came.
 */
async function listenForHeaders(
  server: Server,
): Promise<{ address: string; headers: Promise<IncomingHttpHeaders> }> {
  const headers = new Promise<IncomingHttpHeaders>((resolve) => {
    server.on("request", (request, response) => {
      resolve(request.headers);
      response.writeHead(404).end();
    });
  });
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, headers };
}

const http1 = (): Server => createHttp1();
const http2 = (): Server => createHttp2();

test.each([
  ["grpc-js", http2, "grpc-timeout"],
  ["tightwire-grpc-js", http2, "grpc-timeout"],
  ["tightwire-wire", http2, "grpc-timeout"],
  ["nice-grpc", http2, undefined],
  ["connect-node", http2, "grpc-timeout"],
  ["nestjs", http2, "grpc-timeout"],
  ["fastify-http1", http1, "x-timeout-ms"],
  ["fastify-http1-pipelined", http1, "x-timeout-ms"],
  ["fastify-http2", http2, "x-timeout-ms"],
] as const)(
  "%s sends the time left, and headers as in life when it is given them",
  async (name, createServer, timeLeft) => {
    const { connectClient } = await findPeer(name).client();
    const next = lifeHeaders();
    const given: LifeHeaders[] = [];
    const nextHeaders = (): LifeHeaders => {
      const headers = next();
      given.push(headers);
      return headers;
    };
    for (const source of [undefined, nextHeaders]) {
      const { address, headers } = await listenForHeaders(createServer());
      await expect((await connectClient(address, source)).get("order-001")).rejects.toThrow();
      const { traceparent, authorization, ...others } = await headers;
      expect({ traceparent, authorization }).toEqual(source === undefined ? {} : given[0]);
      if (timeLeft !== undefined) expect(others[timeLeft]).toMatch(/^\d+[mun]?$/i);
    }
    expect(given).toHaveLength(1);
  },
);
