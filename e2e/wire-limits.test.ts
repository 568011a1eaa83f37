import { readFileSync } from "node:fs";
import { connect as connectTls } from "node:tls";
import { gzipSync } from "node:zlib";
import type { ConnectionReport } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { eventually } from "@tightwire/testing";
import { afterAll, describe, expect, test } from "vitest";
import { makeCertificates } from "./certificates.js";
import { rawBlock, rawIndexed, rawLiteral } from "./raw-hpack.js";
import {
  CLIENT_PREFACE,
  CODE,
  connectRaw,
  continuation,
  data,
  frame,
  GOAWAY,
  greetRaw,
  headers,
  listenRaw,
  message,
  PING,
  ping,
  type RawPeer,
  RST_STREAM,
  request,
  reset,
  respondRaw,
  responseHead,
  settings,
  windowUpdate,
} from "./raw-peer.js";
import {
  callStream,
  callUnary,
  dial,
  MIB,
  outgoing,
  type ServerOptions,
  serve,
  type WireServer,
  watchMemory,
} from "./wire-stage.js";

const EXHAUSTED = String(StatusNumber.RESOURCE_EXHAUSTED);
const certificates = makeCertificates();
afterAll(() => certificates.remove());

/** A server with small limits, a connection that an attack is made on, and one beside it. */
async function underAttack(
  limits: ServerOptions["limits"] = {},
): Promise<{ server: WireServer; peer: RawPeer; beside(): Promise<void> }> {
  const server = await serve({ limits });
  const peer = await greetRaw(server.address);
  const neighbour = await dial(server.address);
  return {
    server,
    peer,
    async beside() {
      expect(
        (await callUnary(neighbour, "/t/Echo", Buffer.from("beside"))).message?.toString(),
      ).toBe("beside");
    },
  };
}

/** What the connection that holds most makes the server hold. */
function heldOf({ listener }: WireServer): ConnectionReport | undefined {
  const sum = ({ heldBytes }: ConnectionReport): number =>
    Object.values(heldBytes).reduce((all, one) => all + one, 0);
  return listener.limits?.().connections.toSorted((one, other) => sum(other) - sum(one))[0];
}

function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

describe("what a client can make a server hold or do", () => {
  test("maxConcurrentStreams: more are refused, and may be sent again", async () => {
    const { server, peer, beside } = await underAttack({ maxConcurrentStreams: 5 });
    peer.send(...times(20, (at) => headers(at * 2 + 1, request("/t/Hold"))));
    for (let at = 5; at < 20; at++)
      expect((await peer.response(at * 2 + 1)).resetCode).toBe(CODE.REFUSED_STREAM);
    expect(server.calls).toHaveLength(5);
    await beside();
    await peer.roundTrip();
  });

  test("maxHeaderListBytes: the call fails with RESOURCE_EXHAUSTED, decided at its head", async () => {
    const { server, peer, beside } = await underAttack({ maxHeaderListBytes: 500 });
    peer.send(headers(1, request("/t/Hold", ["x", "y".repeat(500)])));
    expect(await peer.response(1)).toMatchObject({ status: EXHAUSTED, resetCode: CODE.NO_ERROR });
    await beside();
    expect(server.calls).toHaveLength(1);
  });

  test("maxHeaderFields: the same", async () => {
    const { peer, beside } = await underAttack({ maxHeaderFields: 10 });
    peer.send(headers(1, request("/t/Hold", ...times(6, (at) => [`x-${at}`, ""] as const))));
    expect((await peer.response(1)).status).toBe(EXHAUSTED);
    await beside();
  });

  test("maxHeaderListBytes: a block that the table expands a thousandfold costs next to no memory", async () => {
    const { peer, beside } = await underAttack();
    const memory = watchMemory();
    const filling = Buffer.concat([
      rawBlock(request("/t/Hold")),
      rawLiteral(["bomb", "x".repeat(4_000)], "indexed"),
    ]);
    peer.send(headers(1, filling));
    for (let call = 1; call < 100; call++) {
      const block = Buffer.concat([
        rawBlock(request("/t/Hold")),
        Buffer.concat(times(16_000, () => rawIndexed(62))),
      ]);
      peer.send(headers(call * 2 + 1, block));
    }
    for (let call = 1; call < 100; call++)
      expect((await peer.response(call * 2 + 1)).status).toBe(EXHAUSTED);
    expect(memory.stop()).toBeLessThan(100 * MIB);
    await beside();
  });

  test("maxHeaderBlockBytes: a larger block closes the connection", async () => {
    const { peer, beside } = await underAttack({ maxHeaderBlockBytes: 1_000 });
    peer.send(
      headers(1, rawBlock(request("/t/Hold")), { endHeaders: false }),
      continuation(1, rawBlock([["x", "y".repeat(1_000)]])),
    );
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    await beside();
  });

  test("maxContinuations: more close the connection, empty ones too", async () => {
    const { peer, beside } = await underAttack({ maxContinuations: 3 });
    peer.send(
      headers(1, rawBlock(request("/t/Hold")), { endHeaders: false }),
      ...times(4, () => continuation(1)),
    );
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    await beside();
  });

  test("maxResetsPerSecond: a client that opens and resets as fast as it can (CVE-2023-44487)", async () => {
    const { server, peer, beside } = await underAttack({ maxResetsPerSecond: 20 });
    peer.send(
      ...times(200, (at) =>
        Buffer.concat([headers(at * 2 + 1, request("/t/Hold")), reset(at * 2 + 1)]),
      ),
    );
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    await beside();
    expect(server.calls.length).toBeLessThan(60);
    expect(
      server.calls.every(
        ({ call, cancelled }) => call.path !== "/t/Hold" || cancelled !== undefined,
      ),
    ).toBe(true);
  });

  for (const [what, provoke] of [
    ["WINDOW_UPDATE of 0", (id: number) => [headers(id, request("/t/Hold")), windowUpdate(id, 0)]],
    [
      "WINDOW_UPDATE beyond 31 bits",
      (id: number) => [headers(id, request("/t/Hold")), windowUpdate(id, 0x7fff_ffff)],
    ],
    [
      "DATA behind END_STREAM",
      (id: number) => [
        headers(id, request("/t/Hold"), { endStream: true }),
        data(id, Buffer.alloc(1)),
      ],
    ],
    [
      "PRIORITY of a wrong length",
      (id: number) => [headers(id, request("/t/Hold")), frame(2, 0, id, Buffer.alloc(4))],
    ],
    ["a head that is malformed", (id: number) => [headers(id, [["Upper", "x"]])]],
    [
      "more DATA than content-length",
      (id: number) => [
        headers(id, request("/t/Hold", ["content-length", "1"])),
        data(id, message()),
      ],
    ],
  ] as const) {
    test(`maxResetsPerSecond: a client that makes the server reset, by ${what} (CVE-2025-8671)`, async () => {
      const { peer, beside } = await underAttack({ maxResetsPerSecond: 20 });
      peer.send(...times(200, (at) => provoke(at * 2 + 1)).flat());
      await peer.dies(CODE.ENHANCE_YOUR_CALM);
      await beside();
    });
  }

  test("maxPingsPerSecond: a client that only asks is cut off", async () => {
    const { peer, beside } = await underAttack({ maxPingsPerSecond: 10 });
    peer.send(...times(50, () => ping()));
    expect(await peer.dies(CODE.ENHANCE_YOUR_CALM)).toBe("too_many_pings");
    await beside();
    expect(peer.frames.filter(({ type }) => type === PING).length).toBeLessThan(30);
  });

  test("maxPingsPerSecond: one that measures the bandwidth with each response is not", async () => {
    const { peer } = await underAttack({ maxPingsPerSecond: 10 });
    for (let call = 0; call < 200; call++) {
      peer.send(headers(call * 2 + 1, request("/t/Echo")), data(call * 2 + 1, message(), true));
      await peer.response(call * 2 + 1);
      await peer.roundTrip();
    }
    expect(peer.frames.filter(({ type }) => type === GOAWAY)).toEqual([]);
  });

  test("maxSettingsPerSecond", async () => {
    const { peer, beside } = await underAttack({ maxSettingsPerSecond: 5 });
    peer.send(...times(30, () => settings()));
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    await beside();
  });

  for (const [what, empty] of [
    ["without bytes", (id: number) => data(id)],
    ["of padding only", (id: number) => frame(0, 8, id, Buffer.alloc(11, 0).fill(10, 0, 1))],
  ] as const) {
    test(`maxEmptyDataPerSecond: frames ${what}`, async () => {
      const { peer, beside } = await underAttack({ maxEmptyDataPerSecond: 10 });
      peer.send(headers(1, request("/t/Hold")), ...times(50, () => empty(1)));
      await peer.dies(CODE.ENHANCE_YOUR_CALM);
      await beside();
    });
  }

  test("maxTinyFramesPerSecond: credit byte by byte", async () => {
    const { peer, beside } = await underAttack({ maxTinyFramesPerSecond: 10 });
    peer.send(settings([4, 0]), headers(1, request("/t/Large")), data(1, message(), true));
    await eventually(() => {
      if (!peer.ended) peer.send(windowUpdate(1, 1));
      expect(peer.ended).toBe(true);
    });
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    await beside();
  });

  test("maxHeldBytes: half-sent messages beyond it fail their calls with RESOURCE_EXHAUSTED", async () => {
    const { server, peer, beside } = await underAttack({ maxHeldBytes: 4 * MIB });
    const half = message(Buffer.alloc(600_000), { length: 4 * MIB });
    for (let call = 0; call < 20; call++) {
      peer.send(headers(call * 2 + 1, request("/t/Hold")));
      for (let at = 0; at < half.length; at += 16_384)
        peer.send(data(call * 2 + 1, half.subarray(at, at + 16_384)));
    }
    await eventually(() =>
      expect(
        server.calls.filter(({ cancelled }) => cancelled?.code === StatusNumber.RESOURCE_EXHAUSTED)
          .length,
      ).toBeGreaterThanOrEqual(13),
    );
    await peer.roundTrip();
    await beside();
  });

  test("maxUnreadBytes: responses that a client does not read fail with RESOURCE_EXHAUSTED", async () => {
    const { peer, beside } = await underAttack({ maxUnreadBytes: 5 * MIB });
    peer.send(
      settings([4, 0]),
      ...times(30, (at) =>
        Buffer.concat([
          headers(at * 2 + 1, request("/t/Large")),
          data(at * 2 + 1, message(), true),
        ]),
      ),
    );
    for (let at = 6; at < 30; at++)
      expect((await peer.response(at * 2 + 1)).status).toBe(EXHAUSTED);
    await beside();
    peer.send(windowUpdate(0, 64 * MIB), ...times(5, (at) => windowUpdate(at * 2 + 1, 2 * MIB)));
    for (let at = 0; at < 4; at++) expect((await peer.response(at * 2 + 1)).status).toBe("0");
  });

  test("maxUnreadBytes: messages of streams that go on count as well", async () => {
    const limit = 5 * MIB;
    const { server, peer, beside } = await underAttack({ maxUnreadBytes: limit });
    peer.send(
      settings([4, 0]),
      ...times(30, (at) =>
        Buffer.concat([
          headers(at * 2 + 1, request("/t/Chunks")),
          data(at * 2 + 1, message(), true),
        ]),
      ),
    );
    for (let at = 6; at < 30; at++)
      expect((await peer.response(at * 2 + 1)).status).toBe(EXHAUSTED);
    const report = heldOf(server);
    expect(report?.heldBytes.unread).toBeGreaterThan(4 * MIB);
    expect(report?.heldBytes.unread).toBeLessThanOrEqual(limit);
    expect(server.listener.limits?.().acted["maxUnreadBytes"]).toBeGreaterThanOrEqual(24);
    await beside();
  });

  test("maxHeldBytesTotal: the calls of the connection that holds most fail, and no other", async () => {
    const limit = 8 * MIB;
    const { server, peer, beside } = await underAttack({ maxHeldBytesTotal: limit });
    const modest = await greetRaw(server.address, settings([4, 0]));
    const ask = (id: number): Buffer =>
      Buffer.concat([headers(id, request("/t/Large")), data(id, message(), true)]);
    peer.send(settings([4, 0]), ...times(12, (at) => ask(at * 2 + 1)));
    await peer.roundTrip();
    modest.send(ask(1), ask(3));
    await modest.roundTrip();
    const total = server.listener.limits?.().heldBytes;
    const sum = Object.values(total ?? {}).reduce((all, one) => all + one, 0);
    expect(sum).toBeGreaterThan(limit * 0.8);
    expect(sum).toBeLessThanOrEqual(limit);
    // Of the twelve some were refused, and at least two were given up for the other's.
    expect(
      peer.frames.filter(
        ({ type, payload }) => type === RST_STREAM && payload[3] === CODE.ENHANCE_YOUR_CALM,
      ).length,
    ).toBeGreaterThanOrEqual(1);
    await beside();
    modest.send(windowUpdate(0, 16 * MIB), windowUpdate(1, 2 * MIB), windowUpdate(3, 2 * MIB));
    for (const id of [1, 3]) expect((await modest.response(id)).status).toBe("0");
  });

  test("maxUnreadControlBytes: a client that asks and does not read is disconnected", async () => {
    const { server, peer, beside } = await underAttack({
      maxUnreadControlBytes: 1_000,
      maxPingsPerSecond: 1e9,
    });
    peer.send(headers(1, request("/t/Hold")));
    await peer.roundTrip();
    peer.socket.pause();
    const flood = Buffer.concat(times(20_000, () => ping()));
    await eventually(() => {
      peer.socket.write(flood);
      expect(server.calls[0]?.cancelled).toBeDefined();
    });
    await beside();
  });
});

describe("what a client can make a server wait for", () => {
  for (const [what, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["half the preface", CLIENT_PREFACE.subarray(0, 10)],
    [
      "the preface and half of SETTINGS",
      Buffer.concat([CLIENT_PREFACE, settings([1, 1]).subarray(0, 12)]),
    ],
  ] as const) {
    test(`prefaceTimeoutMs: after ${what}`, async () => {
      const { server, beside } = await underAttack({
        prefaceTimeoutMs: 200,
        headersTimeoutMs: 10_000,
      });
      const silent = await connectRaw(server.address);
      silent.send(bytes);
      expect(await silent.dies(CODE.PROTOCOL_ERROR)).toContain("no SETTINGS");
      await beside();
    });
  }

  test("prefaceTimeoutMs: Infinity is for ever, and no bar to being ready", async () => {
    const server = await serve({ limits: { prefaceTimeoutMs: Number.POSITIVE_INFINITY } });
    expect(
      (
        await callUnary(
          await dial(server.address, { limits: { prefaceTimeoutMs: Number.POSITIVE_INFINITY } }),
          "/t/Echo",
        )
      ).end.code,
    ).toBe(StatusNumber.OK);
  });

  for (const [what, bytes] of [
    ["a block without its end", headers(1, rawBlock(request("/t/Hold")), { endHeaders: false })],
    ["half a HEADERS", headers(1, request("/t/Hold")).subarray(0, 40)],
    ["half a frame's head", ping().subarray(0, 5)],
  ] as const) {
    test(`headersTimeoutMs: ${what}`, async () => {
      const { peer, beside } = await underAttack({ headersTimeoutMs: 200 });
      peer.send(bytes);
      await peer.dies(CODE.ENHANCE_YOUR_CALM);
      await beside();
    });
  }

  test("headersTimeoutMs: continuations drop by drop do not put it off", async () => {
    const { peer, beside } = await underAttack({ headersTimeoutMs: 200, maxContinuations: 1e9 });
    peer.send(headers(1, rawBlock(request("/t/Hold")), { endHeaders: false }));
    await eventually(() => {
      if (!peer.ended) peer.send(continuation(1));
      expect(peer.ended).toBe(true);
    });
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    await beside();
  });

  test("settingsTimeoutMs", async () => {
    const { server, beside } = await underAttack({ settingsTimeoutMs: 200 });
    const peer = await connectRaw(server.address);
    peer.send(CLIENT_PREFACE, settings());
    await peer.dies(CODE.SETTINGS_TIMEOUT);
    await beside();
  });

  test("stallTimeoutMs: a response that is not taken is reset, and its connection goes on", async () => {
    const { peer, beside } = await underAttack({ stallTimeoutMs: 200 });
    peer.send(settings([4, 0]), headers(1, request("/t/Large")), data(1, message(), true));
    await peer.streamDies(1, CODE.CANCEL);
    await beside();
  });

  test("stallTimeoutMs: of streams that go on as many are reset as hold too much, and no more", async () => {
    const { server, peer, beside } = await underAttack({
      stallTimeoutMs: 200,
      maxUnreadBytes: 8 * MIB,
    });
    peer.send(
      settings([4, 0]),
      ...times(6, (at) =>
        Buffer.concat([
          headers(at * 2 + 1, request("/t/Chunks")),
          data(at * 2 + 1, message(), true),
        ]),
      ),
    );
    for (const id of [1, 3, 5]) await peer.streamDies(id, CODE.CANCEL);
    expect(heldOf(server)?.heldBytes.unread).toBeLessThanOrEqual(4 * MIB);
    peer.send(windowUpdate(0, 16 * MIB), ...times(3, (at) => windowUpdate(at * 2 + 7, MIB)));
    for (const id of [7, 9, 11])
      await eventually(() =>
        expect(
          peer.frames
            .filter(({ type, streamId }) => type === 0 && streamId === id)
            .reduce((sum, { payload }) => sum + payload.length, 0),
        ).toBe(MIB),
      );
    expect(peer.frames.filter(({ type, streamId }) => type === RST_STREAM && streamId > 5)).toEqual(
      [],
    );
    await beside();
  });

  test("handshakeTimeoutMs: a TLS hello that is never finished", async () => {
    const server = await serve(
      { tls: certificates.server, handshakeTimeoutMs: 200 },
      {},
      { client: { tls: { ca: certificates.ca } } },
    );
    const silent = await connectRaw(server.address);
    silent.send(Buffer.of(0x16, 3, 1, 2, 0));
    await eventually(() => expect(silent.ended).toBe(true));
    await server.neighbour();
  });

  test("prefaceTimeoutMs: a TLS connection that then says nothing", async () => {
    const server = await serve(
      { tls: certificates.server, limits: { prefaceTimeoutMs: 200 } },
      {},
      { client: { tls: { ca: certificates.ca } } },
    );
    const [host = "", port = ""] = server.address.split(":");
    const socket = connectTls({
      host,
      port: Number(port),
      ca: readFileSync(certificates.ca),
      ALPNProtocols: ["h2"],
      servername: "localhost",
    });
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    await (await connectRaw(socket)).dies(CODE.PROTOCOL_ERROR);
    await server.neighbour();
  });

  test("keepaliveMs and keepaliveTimeoutMs: a client that is gone without a word", async () => {
    const server = await serve({ keepaliveMs: 100, keepaliveTimeoutMs: 200 });
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Hold")));
    await eventually(() => expect(peer.ended).toBe(true));
    expect(peer.frames.filter(({ type, flags }) => type === PING && flags === 0)).toHaveLength(1);
    expect(server.calls[0]?.cancelled).toMatchObject({ code: StatusNumber.CANCELLED });
    await server.neighbour();
  });

  test("maxConnectionIdleMs: a connection without calls is drained, one with a call is not", async () => {
    const server = await serve({ maxConnectionIdleMs: 200 });
    const [idle, busy] = [await greetRaw(server.address), await greetRaw(server.address)];
    busy.send(headers(1, request("/t/Hold")));
    const { payload } = await idle.until("PING", ({ type }) => type === PING);
    idle.send(frame(PING, 1, 0, payload));
    await eventually(() => expect(idle.ended).toBe(true));
    expect(
      idle.frames.filter(({ type }) => type === GOAWAY).map((one) => one.payload.readUInt32BE(4)),
    ).toEqual([0, 0]);
    await busy.roundTrip();
    await server.neighbour();
  });

  test("maxConnectionAgeMs and maxConnectionAgeGraceMs: calls go on for the grace, then end", async () => {
    const server = await serve({ maxConnectionAgeMs: 200, maxConnectionAgeGraceMs: 100 });
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Hold")));
    const { payload } = await peer.until("PING", ({ type }) => type === PING);
    peer.send(frame(PING, 1, 0, payload));
    await eventually(() => expect(peer.ended).toBe(true));
    expect(peer.frames.filter(({ streamId }) => streamId === 1)).toEqual([]);
    expect(server.calls[0]?.cancelled).toMatchObject({
      code: StatusNumber.UNAVAILABLE,
      message: "the connection has reached its maximum age",
    });
    await server.neighbour();
  });
});

test("an honest caller that cancels 250 calls a second for six seconds is not cut off", async () => {
  const server = await serve();
  const connection = await dial(server.address);
  let cancels = 0;
  let ends = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      for (let call = 0; call < 5; call++) {
        const handle = connection.stream(outgoing("/t/Hold"), {
          headers() {},
          message() {},
          drained() {},
          finished: () => void ends++,
        });
        handle.write(Buffer.alloc(10));
        setImmediate(() =>
          handle.cancel({ code: StatusNumber.CANCELLED, message: "the caller's mind changed" }),
        );
        cancels++;
      }
      if (cancels < 1_500) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });
  await eventually(() =>
    expect(server.calls.filter(({ cancelled }) => cancelled !== undefined)).toHaveLength(1_500),
  );
  expect([cancels, ends, connection.capacity > 0]).toEqual([1_500, 1_500, true]);
  expect((await callUnary(connection, "/t/Echo")).end.code).toBe(StatusNumber.OK);
});

describe("what a server can make a client hold, do or wait for", () => {
  const flood = {
    maxHeaderListBytes: 500,
    maxHeaderFields: 10,
    maxHeaderBlockBytes: 1_000,
    maxContinuations: 3,
    maxPingsPerSecond: 10,
    maxSettingsPerSecond: 5,
    maxEmptyDataPerSecond: 10,
  };

  for (const [limit, code, ...frames] of [
    [
      "maxHeaderBlockBytes",
      CODE.ENHANCE_YOUR_CALM,
      headers(1, responseHead(), { endHeaders: false }),
      continuation(1, Buffer.alloc(1_000)),
    ],
    [
      "maxContinuations",
      CODE.ENHANCE_YOUR_CALM,
      headers(1, responseHead(), { endHeaders: false }),
      ...times(4, () => continuation(1)),
    ],
    ["maxPingsPerSecond", CODE.ENHANCE_YOUR_CALM, ...times(50, () => ping())],
    ["maxSettingsPerSecond", CODE.ENHANCE_YOUR_CALM, ...times(30, () => settings())],
    [
      "maxEmptyDataPerSecond",
      CODE.ENHANCE_YOUR_CALM,
      headers(1, responseHead()),
      ...times(50, () => data(1)),
    ],
  ] as readonly (readonly [string, number, ...Buffer[]])[]) {
    test(`${limit}: the connection is closed, and a new one works`, async () => {
      let attacks = true;
      let peerOfClient: RawPeer | undefined;
      const address = await respondRaw((peer, streamId) => {
        peerOfClient = peer;
        if (attacks) return peer.send(...frames);
        peer.send(
          headers(streamId, responseHead()),
          data(streamId, message()),
          headers(streamId, [["grpc-status", "0"]], { endStream: true }),
        );
      });
      expect(
        (await callUnary(await dial(address, { limits: flood }), "/t/Echo")).end,
      ).toMatchObject({
        code: StatusNumber.UNAVAILABLE,
        origin: "local",
      });
      await peerOfClient?.dies(code);
      attacks = false;
      expect((await callUnary(await dial(address, { limits: flood }), "/t/Echo")).end.code).toBe(
        StatusNumber.OK,
      );
    });
  }

  for (const [limit, fields] of [
    ["maxHeaderListBytes", [["x", "y".repeat(500)]]],
    ["maxHeaderFields", times(10, (at) => [`x-${at}`, ""] as const)],
  ] as const) {
    test(`${limit}: the call fails with RESOURCE_EXHAUSTED, in the head and in trailers`, async () => {
      const address = await respondRaw((peer, streamId) => {
        if (streamId === 1) peer.send(headers(1, responseHead(...fields)));
        else
          peer.send(
            headers(streamId, responseHead()),
            headers(streamId, [["grpc-status", "0"], ...fields], { endStream: true }),
          );
      });
      const connection = await dial(address, { limits: flood });
      for (let call = 0; call < 2; call++)
        expect((await callUnary(connection, "/t/Echo")).end).toMatchObject({
          code: StatusNumber.RESOURCE_EXHAUSTED,
          origin: "local",
        });
    });
  }

  test("maxTinyFramesPerSecond: credit byte by byte", async () => {
    let peerOfClient: RawPeer | undefined;
    const address = await respondRaw(
      async (peer, streamId) => {
        peerOfClient = peer;
        while (!peer.ended) {
          peer.send(windowUpdate(streamId, 1));
          await peer.roundTrip();
        }
      },
      settings([4, 0]),
    );
    const connection = await dial(address, {
      limits: { maxTinyFramesPerSecond: 10, maxPingsPerSecond: 1e9 },
    });
    expect((await callUnary(connection, "/t/Echo", Buffer.alloc(10_000))).end.code).toBe(
      StatusNumber.UNAVAILABLE,
    );
    await peerOfClient?.dies(CODE.ENHANCE_YOUR_CALM);
  });

  test("maxHeldBytes: half-sent responses beyond it fail their calls with RESOURCE_EXHAUSTED", async () => {
    const half = message(Buffer.alloc(600_000), { length: 4 * MIB });
    const address = await respondRaw((peer, streamId) => {
      peer.send(headers(streamId, responseHead()));
      for (let at = 0; at < half.length; at += 16_384)
        peer.send(data(streamId, half.subarray(at, at + 16_384)));
    });
    const connection = await dial(address, { limits: { maxHeldBytes: 4 * MIB } });
    const calls = times(20, () => callStream(connection, "/t/Echo"));
    await eventually(() =>
      expect(
        calls.filter(({ end }) => end?.code === StatusNumber.RESOURCE_EXHAUSTED).length,
      ).toBeGreaterThanOrEqual(13),
    );
    await connection.close(0);
  });

  test("prefaceTimeoutMs: a server that takes the connection and says nothing", async () => {
    const { address } = await listenRaw(() => {});
    await expect(dial(address, { limits: { prefaceTimeoutMs: 200 } })).rejects.toThrow(
      "does not speak HTTP/2",
    );
  });

  test("headersTimeoutMs and settingsTimeoutMs", async () => {
    const address = await respondRaw((peer) =>
      peer.send(headers(1, responseHead(), { endHeaders: false })),
    );
    expect(
      (await callUnary(await dial(address, { limits: { headersTimeoutMs: 200 } }), "/t/Echo")).end
        .message,
    ).toContain("not whole in time");
    const { address: mute } = await listenRaw((peer) => peer.send(settings()));
    expect(
      (await callUnary(await dial(mute, { limits: { settingsTimeoutMs: 200 } }), "/t/Echo")).end
        .message,
    ).toContain("SETTINGS_TIMEOUT");
  });

  test("stallTimeoutMs: a request that is not taken is reset", async () => {
    const address = await respondRaw(() => {}, settings([4, 0]));
    const connection = await dial(address, { limits: { stallTimeoutMs: 200 } });
    expect((await callUnary(connection, "/t/Echo", Buffer.alloc(1_000))).end).toMatchObject({
      code: StatusNumber.UNAVAILABLE,
    });
    expect(connection.capacity).toBeGreaterThan(0);
  });

  test("keepaliveMs: a server that is gone without a word", async () => {
    const address = await respondRaw(() => {});
    const connection = await dial(address, { keepaliveMs: 100, keepaliveTimeoutMs: 200 });
    expect((await callUnary(connection, "/t/Echo")).end).toMatchObject({
      code: StatusNumber.UNAVAILABLE,
      outcome: "unknown",
    });
  });

  test("maxUnreadControlBytes: a server that asks and does not read is disconnected", async () => {
    const { address } = await listenRaw(async (peer) => {
      await peer.greet();
      peer.socket.pause();
      const pings = Buffer.concat(times(20_000, () => ping()));
      await eventually(() => {
        peer.socket.write(pings);
        expect(peer.ended).toBe(true);
      });
    });
    const connection = await dial(address, {
      limits: { maxUnreadControlBytes: 1_000, maxPingsPerSecond: 1e9 },
    });
    expect((await callUnary(connection, "/t/Echo")).end.message).toContain("does not read");
  });
});

describe("message sizes", () => {
  /** 40 MiB out of 40 KiB. */
  const bomb = gzipSync(Buffer.alloc(40 * MIB));

  test("a gzip bomb stops at the message limit, a hundred at once in limited memory", async () => {
    const { server, peer, beside } = await underAttack();
    const memory = watchMemory();
    const whole = message(bomb, { flag: 1 });
    for (let call = 0; call < 100; call++) {
      peer.send(headers(call * 2 + 1, request("/t/Hold", ["grpc-encoding", "gzip"])));
      for (let at = 0; at < whole.length; at += 16_384)
        peer.send(data(call * 2 + 1, whole.subarray(at, at + 16_384)));
    }
    for (let call = 0; call < 100; call++)
      expect((await peer.response(call * 2 + 1)).status).toBe(EXHAUSTED);
    expect(memory.stop()).toBeLessThan(200 * MIB);
    await beside();
    expect(
      server.calls.flatMap(({ call, messages }) => (call.path === "/t/Hold" ? messages : [])),
    ).toEqual([]);
  });

  test("maxInflatedBytesPerSecond: beyond it compressed messages wait, those of others do not", async () => {
    // The second would be inflated after a minute.
    const limits = { maxInflatedBytesPerSecond: 1_000 };
    const { server, peer, beside } = await underAttack(limits);
    const one = message(gzipSync(Buffer.alloc(70_000)), { flag: 1 });
    const gzip = ["grpc-encoding", "gzip"] as const;
    peer.send(headers(1, request("/t/Hold", gzip)), data(1, one), data(1, one));
    await eventually(() => expect(server.calls[0]?.messages).toHaveLength(1));
    const small = message(gzipSync("small"), { flag: 1 });
    peer.send(headers(3, request("/t/Hold", gzip)), data(3, small));
    peer.send(headers(5, request("/t/Echo")), data(5, message("plain"), true));
    expect((await peer.response(5)).status).toBe("0");
    await beside();
    const other = await greetRaw(server.address);
    other.send(headers(1, request("/t/Echo", gzip)), data(1, small, true));
    expect((await other.response(1)).status).toBe("0");
    expect(server.calls.slice(0, 2).map(({ messages }) => messages.length)).toEqual([1, 0]);
    expect(peer.frames.filter(({ type }) => type === RST_STREAM || type === GOAWAY)).toEqual([]);
  });

  test("and at our client's", async () => {
    const whole = message(bomb, { flag: 1 });
    const address = await respondRaw((peer, streamId) => {
      peer.send(headers(streamId, responseHead(["grpc-encoding", "gzip"])));
      for (let at = 0; at < whole.length; at += 16_384)
        peer.send(data(streamId, whole.subarray(at, at + 16_384)));
      peer.send(headers(streamId, [["grpc-status", "0"]], { endStream: true }));
    });
    const { end } = await callUnary(await dial(address), "/t/Echo");
    expect(end).toMatchObject({ code: StatusNumber.RESOURCE_EXHAUSTED, origin: "local" });
  });

  test("cancelled calls' messages are not decompressed", async () => {
    const { server, peer, beside } = await underAttack();
    const whole = message(bomb, { flag: 1 });
    for (let call = 0; call < 50; call++) {
      peer.send(headers(call * 2 + 1, request("/t/Hold", ["grpc-encoding", "gzip"])));
      for (let at = 0; at < whole.length; at += 16_384)
        peer.send(data(call * 2 + 1, whole.subarray(at, at + 16_384)));
      peer.send(reset(call * 2 + 1));
    }
    await eventually(() =>
      expect(
        server.calls.filter(
          ({ call, cancelled }) => call.path === "/t/Hold" && cancelled !== undefined,
        ),
      ).toHaveLength(50),
    );
    await beside();
    expect(peer.frames.filter(({ type }) => type === RST_STREAM)).toEqual([]);
  });
});
