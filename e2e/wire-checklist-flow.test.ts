import { StatusNumber } from "@tightwire/core/runtime";
import { eventually } from "@tightwire/testing";
import { describe, expect, test } from "vitest";
import { rawBlock, rawIndexed } from "./raw-hpack.js";
import {
  CODE,
  DATA,
  data,
  type Frame,
  greetRaw,
  HEADERS,
  headers,
  message,
  PING,
  paddedData,
  ping,
  type RawPeer,
  RST_STREAM,
  request,
  reset,
  respondRaw,
  responseHead,
  settings,
  WINDOW_UPDATE,
  windowUpdate,
} from "./raw-peer.js";
import {
  type Behaviour,
  callStream,
  callUnary,
  dial,
  MIB,
  serve,
  type WireServer,
} from "./wire-stage.js";

const INITIAL_WINDOW_SIZE = 4;
const FRAME: Buffer = Buffer.alloc(16_384);
const NOT_FOUND = [["grpc-status", "5"]] as const;

/** Bytes of credit that a peer got on a stream, or on the connection with 0. */
function credit(peer: RawPeer, streamId: number): number {
  const updates = peer.frames.filter(
    (one) => one.type === WINDOW_UPDATE && one.streamId === streamId,
  );
  return updates.reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
}

function dataOf(peer: RawPeer, streamId: number): Frame[] {
  return peer.frames.filter((one) => one.type === DATA && one.streamId === streamId);
}

function bytesOf(frames: readonly Frame[]): number {
  return frames.reduce((sum, { payload }) => sum + payload.length, 0);
}

/**
 * What a peer holds that began with the connection's first WINDOW_UPDATE and used `used` bytes: it
 * must never fall far below half.
 */
function expectCredited(peer: RawPeer, used: number): void {
  expect(65_535 + credit(peer, 0) - used).toBeGreaterThanOrEqual(8 * MIB - FRAME.length);
}

describe("11. DATA that nobody reads is credited back to the connection", () => {
  test("11. DATA for streams that the client reset, padding included, over three windows of the connection", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    let used = 0;
    for (let streamId = 1; used < 48 * MIB; streamId += 2) {
      peer.send(headers(streamId, request("/t/Deaf")));
      for (let count = 0; count < 60; count++) {
        peer.send(paddedData(streamId, FRAME.subarray(0, 16_000), 255));
        used += 16_256;
      }
      peer.send(reset(streamId));
      await peer.roundTrip();
      expectCredited(peer, used);
    }
    await server.neighbour();
  });

  test("11. DATA for streams that the server responded to early, still on its way", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(headers(1, request("/t/Early")));
    expect((await peer.response(1)).resetCode).toBe(CODE.NO_ERROR);
    let used = 0;
    for (let turn = 0; turn < 20; turn++) {
      for (let count = 0; count < 128; count++) peer.send(data(1, FRAME));
      used += 2 * MIB;
      await peer.roundTrip();
      expectCredited(peer, used);
    }
  });

  test("11. our client credits the responses of calls that it cancelled", async () => {
    let used = 0;
    let peerOfClient: RawPeer | undefined;
    const address = await respondRaw(async (peer, streamId) => {
      peerOfClient = peer;
      peer.send(headers(streamId, responseHead()));
      await peer.until("RST_STREAM", (one) => one.type === RST_STREAM && one.streamId === streamId);
      for (let count = 0; count < 60; count++)
        peer.send(paddedData(streamId, FRAME.subarray(0, 16_000), 255));
      used += 60 * 16_256;
      await peer.roundTrip();
    });
    const connection = await dial(address);
    for (let call = 1; call <= 40; call++) {
      const streaming = callStream(connection, "/t/Echo");
      await eventually(() =>
        expect(peerOfClient?.frames.filter(({ type }) => type === HEADERS)).toHaveLength(call),
      );
      streaming.handle.cancel({ code: StatusNumber.CANCELLED, message: "" });
      await eventually(() => expect(used).toBe(call * 60 * 16_256));
      await peerOfClient?.roundTrip();
      expectCredited(peerOfClient as RawPeer, used);
    }
  });

  test("11. padding counts against the stream's window and comes back with it", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(headers(1, request("/t/Hold")), data(1, message("", { length: 5_000 })));
    const used = 5 + 5_000 * 257;
    for (let count = 0; count < 5_000; count++) {
      peer.send(paddedData(1, Buffer.alloc(1), 255));
      if (count % 1_000 === 999) await peer.roundTrip();
    }
    await peer.roundTrip();
    expect(MIB + credit(peer, 1) - used).toBeGreaterThanOrEqual(MIB / 2);
  });
});

describe("12. windows", () => {
  test("12. INITIAL_WINDOW_SIZE moves every open stream's window, below 0 too", async () => {
    const peer = await greetRaw((await serve()).address, settings([INITIAL_WINDOW_SIZE, 1_000]));
    peer.send(headers(1, request("/t/Large"), { endStream: false }), data(1, message(), true));
    await peer.roundTrip();
    expect(bytesOf(dataOf(peer, 1))).toBe(1_000);
    peer.send(settings([INITIAL_WINDOW_SIZE, 400]), windowUpdate(1, 599));
    await peer.roundTrip();
    expect(bytesOf(dataOf(peer, 1))).toBe(1_000);
    peer.send(windowUpdate(1, 2));
    await peer.roundTrip();
    expect(bytesOf(dataOf(peer, 1))).toBe(1_001);
    peer.send(settings([INITIAL_WINDOW_SIZE, 500]));
    await peer.roundTrip();
    expect(bytesOf(dataOf(peer, 1))).toBe(1_101);
  });

  test("12. a window of more than 31 bits is FLOW_CONTROL_ERROR, by level", async () => {
    const server = await serve();
    const ofConnection = await greetRaw(server.address);
    ofConnection.send(windowUpdate(0, 0x7fff_ffff));
    await ofConnection.dies(CODE.FLOW_CONTROL_ERROR);
    const ofStream = await greetRaw(server.address);
    ofStream.send(headers(1, request("/t/Hold")), windowUpdate(1, 0x7fff_ffff));
    await ofStream.streamDies(1, CODE.FLOW_CONTROL_ERROR);
    const bySettings = await greetRaw(server.address);
    bySettings.send(
      headers(1, request("/t/Hold")),
      windowUpdate(1, 65_535),
      settings([INITIAL_WINDOW_SIZE, 0x7fff_ffff]),
    );
    await bySettings.dies(CODE.FLOW_CONTROL_ERROR);
    await server.neighbour();
  });

  test("12. an increment of 0 is an error, by level", async () => {
    const server = await serve();
    const ofStream = await greetRaw(server.address);
    ofStream.send(headers(1, request("/t/Hold")), windowUpdate(1, 0));
    await ofStream.streamDies(1, CODE.PROTOCOL_ERROR);
    ofStream.send(windowUpdate(0, 0));
    await ofStream.dies(CODE.PROTOCOL_ERROR);
  });

  test("12. the same at our client", async () => {
    for (const [frame, code] of [
      [windowUpdate(0, 0), CODE.PROTOCOL_ERROR],
      [windowUpdate(0, 0x7fff_ffff), CODE.FLOW_CONTROL_ERROR],
    ] as const) {
      let peerOfClient: RawPeer | undefined;
      const address = await respondRaw((peer) => {
        peerOfClient = peer;
        peer.send(frame);
      });
      expect((await callUnary(await dial(address), "/t/Echo")).end.code).toBe(
        StatusNumber.UNAVAILABLE,
      );
      await peerOfClient?.dies(code);
    }
    const address = await respondRaw((peer, streamId) =>
      peer.send(windowUpdate(streamId, streamId === 1 ? 0 : 0x7fff_ffff)),
    );
    const connection = await dial(address);
    expect((await callUnary(connection, "/t/Echo")).end.message).toContain("PROTOCOL_ERROR");
    expect((await callUnary(connection, "/t/Echo")).end.message).toContain("FLOW_CONTROL_ERROR");
  });

  test("12. DATA beyond the stream's window resets the stream, beyond the connection's closes the connection", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Deaf")));
    for (let count = 0; count < 65; count++) peer.send(data(1, FRAME));
    await peer.streamDies(1, CODE.FLOW_CONTROL_ERROR);
    await server.neighbour();
  });
});

test("12. DATA beyond the connection's window closes the connection, where readers have let it run out", async () => {
  const server = await serve({ limits: { maxHeldBytes: 8 * MIB } });
  const peer = await greetRaw(server.address);
  const unread = message(Buffer.alloc(1_000_000), { length: 2_000_000 });
  for (let streamId = 1; streamId < 15; streamId += 2) {
    peer.send(headers(streamId, request("/t/Deaf")));
    for (let at = 0; at < unread.length; at += FRAME.length)
      peer.send(data(streamId, unread.subarray(at, at + FRAME.length)));
  }
  await peer.roundTrip();
  expect(credit(peer, 0)).toBe(16 * MIB - 65_535);
  peer.send(
    headers(15, request("/t/Early")),
    ...Array.from({ length: 700 }, () => data(15, FRAME)),
  );
  await peer.dies(CODE.FLOW_CONTROL_ERROR);
  await server.neighbour();
});

test("13. a message four times the stream's window comes through, both ways", async () => {
  const server = await serve(
    {},
    {
      "/t/Both": ({ call, messages }) => ({
        start: () => call.pull(2),
        halfClosed() {
          call.respond(undefined, messages[0] as Buffer, undefined, false);
          call.handlerFinished();
        },
      }),
    },
  );
  const large = Buffer.alloc(4 * MIB - 100, "large");
  const { end, message: back } = await callUnary(await dial(server.address), "/t/Both", large);
  expect(end.code).toBe(StatusNumber.OK);
  expect(back?.equals(large)).toBe(true);
});

test("14. fifteen streams that nobody reads leave the connection's window to the others", async () => {
  const server = await serve();
  const connection = await dial(server.address);
  for (let stream = 0; stream < 15; stream++)
    callStream(connection, "/t/Deaf").handle.write(Buffer.alloc(2 * MIB));
  for (let call = 0; call < 20; call++) {
    expect((await callUnary(connection, "/t/Echo", Buffer.alloc(MIB))).end.code).toBe(
      StatusNumber.OK,
    );
  }
});

test("14. nor do fifteen responses that nobody reads", async () => {
  const server = await serve();
  const connection = await dial(server.address);
  for (let stream = 0; stream < 15; stream++)
    callStream(connection, "/t/Endless", 0).handle.halfClose();
  for (let call = 0; call < 20; call++)
    expect((await callUnary(connection, "/t/Large")).end.code).toBe(StatusNumber.OK);
});

test("14. forty whole uploads at once, more together than is held for a connection, neither wedge it nor hoard", async () => {
  const server = await serve({ limits: { maxHeldBytes: 16 * MIB } });
  const connection = await dial(server.address);
  const ends = await Promise.all(
    Array.from({ length: 40 }, () => callUnary(connection, "/t/Echo", Buffer.alloc(4 * MIB - 100))),
  );
  const codes = new Set(ends.map(({ end }) => end.code));
  expect(
    [...codes].filter(
      (code) => code !== StatusNumber.OK && code !== StatusNumber.RESOURCE_EXHAUSTED,
    ),
  ).toEqual([]);
  expect(codes.has(StatusNumber.OK)).toBe(true);
  await server.neighbour();
});

test("14. a hundred uploads to slow handlers are held back, not refused", async () => {
  const waiting: (() => void)[] = [];
  let read = 0;
  const slow: Behaviour = ({ call }) => ({
    start: () => void waiting.push(() => call.pull(1_000)),
    message: () => void read++,
    halfClosed() {
      call.respond(undefined, new Uint8Array(), undefined, false);
      call.handlerFinished();
    },
  });
  const server = await serve({ limits: { maxHeldBytes: 32 * MIB } }, { "/t/Slow": slow });
  const connection = await dial(server.address);
  const calls = Array.from({ length: 100 }, () => {
    const call = callStream(connection, "/t/Slow");
    for (let count = 0; count < 32; count++) call.handle.write(Buffer.alloc(32 * 1_024));
    call.handle.halfClose();
    return call;
  });
  await eventually(() => expect(waiting).toHaveLength(100));
  await standstill(server);
  for (const go of waiting) go();
  for (const call of calls) expect((await call.done()).code).toBe(StatusNumber.OK);
  expect(read).toBe(3_200);
});

/** Waits until a server that is flooded responds to others: it has taken what it takes. */
async function standstill(server: WireServer): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await server.neighbour();
}

describe("27. what waits for a peer that does not read", () => {
  /**
   * Calls whose heads are five bytes, and whose responses are hundreds: their fields are in the
   * table.
   */
  function knownCalls(firstId: number, count: number): Buffer {
    const one = headers(0, Buffer.concat([66, 65, 64, 63, 62].map(rawIndexed)), {
      endStream: true,
    });
    const all = Buffer.alloc(one.length * count);
    for (let at = 0; at < count; at++) {
      one.writeUInt32BE(firstId + at * 2, 5);
      one.copy(all, at * one.length);
    }
    return all;
  }

  for (const what of ["acknowledgements of PING", "responds without DATA"]) {
    test(`27. ${what} are limited: the connection is closed`, async () => {
      const server = await serve({
        limits: { maxUnreadControlBytes: 10_000, maxPingsPerSecond: 10_000_000 },
      });
      const peer = await greetRaw(server.address);
      peer.send(
        headers(1, request("/t/Stuck")),
        headers(3, rawBlock(request(`/${"%".repeat(190)}`), "indexed"), { endStream: true }),
      );
      await peer.response(3);
      peer.socket.pause();
      const pings = Buffer.concat(Array.from({ length: 10_000 }, () => ping()));
      let id = 5;
      await eventually(() => {
        peer.socket.write(what === "responds without DATA" ? knownCalls(id, 5_000) : pings);
        id += 10_000;
        expect(server.calls[0]?.cancelled).toBeDefined();
      });
      await server.neighbour();
    });
  }

  test("27. windows of one byte do not make a frame a byte for long", async () => {
    const server = await serve({ limits: { maxTinyFramesPerSecond: 10 } });
    const peer = await greetRaw(server.address, settings([INITIAL_WINDOW_SIZE, 0]));
    peer.send(headers(1, request("/t/Large")), data(1, message(), true));
    await eventually(() => {
      if (!peer.ended) peer.send(windowUpdate(1, 1));
      expect(peer.ended).toBe(true);
    });
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    expect(dataOf(peer, 1).length).toBeLessThanOrEqual(40);
    await server.neighbour();
  });
});

describe("28. the order of writing", () => {
  test("28. a response of 4 MB does not block 63 small ones, trailers do not pass DATA, frames hold 16 KiB at most", async () => {
    const server = await serve(
      {},
      {
        "/t/4MB": ({ call }) => ({
          start: () => call.pull(2),
          halfClosed() {
            call.respond(undefined, new Uint8Array(4 * MIB), undefined, false);
            call.handlerFinished();
          },
        }),
      },
    );
    const peer = await greetRaw(server.address, settings([INITIAL_WINDOW_SIZE, 8 * MIB]));
    const calls = Array.from({ length: 64 }, (_, call) => {
      const streamId = call * 2 + 1;
      return Buffer.concat([
        headers(streamId, request(call === 0 ? "/t/4MB" : "/t/Echo")),
        data(streamId, message("small"), true),
      ]);
    });
    // The window opens behind the calls: their responses are ready, in whatever turns they came.
    peer.send(...calls, windowUpdate(0, 64 * MIB));
    for (let call = 0; call < 64; call++)
      expect((await peer.response(call * 2 + 1)).status).toBe("0");
    const end = peer.frames.findIndex(
      ({ streamId, type, flags }) => streamId === 1 && type === HEADERS && (flags & 1) !== 0,
    );
    expect(peer.frames.slice(end).filter(({ streamId }) => streamId > 1)).toEqual([]);
    expect(peer.frames.findLastIndex(({ streamId, type }) => streamId === 1 && type === DATA)).toBe(
      end - 1,
    );
    expect(Math.max(...peer.frames.map(({ payload }) => payload.length))).toBe(16_384);
  });

  test("28. responses of 64 KiB come whole, one after the other", async () => {
    const server = await serve(
      {},
      {
        "/t/64KiB": ({ call }) => ({
          start: () => call.pull(2),
          halfClosed() {
            call.respond(undefined, new Uint8Array(65_536), undefined, false);
            call.handlerFinished();
          },
        }),
      },
    );
    const peer = await greetRaw(server.address, settings([INITIAL_WINDOW_SIZE, 8 * MIB]));
    peer.send(windowUpdate(0, 64 * MIB));
    const ids = Array.from({ length: 16 }, (_, call) => call * 2 + 1);
    peer.send(
      ...ids.map((streamId) =>
        Buffer.concat([
          headers(streamId, request("/t/64KiB")),
          data(streamId, message("small"), true),
        ]),
      ),
    );
    for (const streamId of ids) expect((await peer.response(streamId)).status).toBe("0");
    const turns = peer.frames.filter(({ type }) => type === DATA).map(({ streamId }) => streamId);
    // Each stream once, for all of its frames in a row.
    expect(turns.filter((streamId, index) => streamId !== turns[index - 1])).toEqual(ids);
  });

  test("28. two large responses take turns, and a PING is acknowledged in between", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address, settings([INITIAL_WINDOW_SIZE, 8 * MIB]));
    peer.send(
      headers(1, request("/t/Large")),
      data(1, message(), true),
      headers(3, request("/t/Large")),
      data(3, message(), true),
    );
    await eventually(() =>
      expect(bytesOf(peer.frames.filter(({ type }) => type === DATA))).toBe(65_535),
    );
    await peer.roundTrip();
    expect(Math.abs(bytesOf(dataOf(peer, 1)) - bytesOf(dataOf(peer, 3)))).toBeLessThanOrEqual(
      16_384,
    );
    peer.send(windowUpdate(0, 8 * MIB), ping("in-turns"));
    await peer.response(1);
    const pong = peer.frames.findIndex(
      ({ type, payload }) => type === PING && payload.toString() === "in-turns",
    );
    expect(peer.frames.findLastIndex(({ type }) => type === DATA)).toBeGreaterThan(pong);
  });
});

test("25. a message is refused by the length that it declares, before it is there", async () => {
  const server = await serve();
  const peer = await greetRaw(server.address);
  peer.send(headers(1, request("/t/Hold")), data(1, message("", { length: 4 * MIB + 1 })));
  expect(await peer.response(1)).toMatchObject({
    status: String(StatusNumber.RESOURCE_EXHAUSTED),
    resetCode: CODE.NO_ERROR,
  });
  peer.send(headers(3, request("/t/Hold")), data(3, message("", { length: 0xffff_ffff })));
  expect((await peer.response(3)).status).toBe(String(StatusNumber.RESOURCE_EXHAUSTED));
  expect(server.calls.map(({ messages }) => messages.length)).toEqual([0, 0]);
});

test("25. our client refuses a response by its declared length", async () => {
  const address = await respondRaw((peer, streamId) =>
    peer.send(
      headers(streamId, responseHead()),
      data(streamId, message("", { length: 0xffff_ffff })),
    ),
  );
  const { end } = await callUnary(await dial(address), "/t/Echo");
  expect(end).toMatchObject({ code: StatusNumber.RESOURCE_EXHAUSTED, origin: "local" });
});

test("25. whether a call may be is decided at its HEADERS", async () => {
  const server = await serve();
  const peer = await greetRaw(server.address);
  peer.send(headers(1, request("/t/Unknown")));
  expect(await peer.response(1)).toMatchObject({
    status: String(StatusNumber.UNIMPLEMENTED),
    resetCode: CODE.NO_ERROR,
  });
  expect(server.calls).toEqual([]);
});

test("20. trailers before the request's end are followed by RST_STREAM(NO_ERROR)", async () => {
  const peer = await greetRaw((await serve()).address);
  peer.send(headers(1, request("/t/Early")), data(1, message("part", { length: 1_000 })));
  expect(await peer.response(1)).toMatchObject({ status: "0", resetCode: CODE.NO_ERROR });
  peer.send(data(1, FRAME), data(1, FRAME, true));
  await peer.roundTrip();
});

for (const compressed of [false, true]) {
  test(`20. our client takes an early ${compressed ? "compressed " : ""}response as the response, read or not, and stops sending`, async () => {
    const { gzipSync } = await import("node:zlib");
    const body = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at * 7_919) % 251));
    const one = compressed ? message(gzipSync(body), { flag: 1 }) : message(body);
    let peerOfClient: RawPeer | undefined;
    const address = await respondRaw((peer, streamId) => {
      peerOfClient = peer;
      peer.send(
        headers(
          streamId,
          responseHead(...(compressed ? [["grpc-encoding", "gzip"] as const] : [])),
        ),
      );
      for (let count = 0; count < 3; count++)
        for (let at = 0; at < one.length; at += 16_384)
          peer.send(data(streamId, one.subarray(at, at + 16_384)));
      peer.send(headers(streamId, NOT_FOUND, { endStream: true }), reset(streamId, CODE.NO_ERROR));
    });
    const connection = await dial(address);
    const call = callStream(connection, "/t/Echo", 1);
    await eventually(() => expect(call.messages).toHaveLength(1));
    await peerOfClient?.roundTrip();
    expect(call.end).toBeUndefined();
    call.handle.write(Buffer.alloc(10));
    call.handle.pull(10);
    expect(await call.done()).toMatchObject({
      code: StatusNumber.NOT_FOUND,
      origin: "peer",
      outcome: "responded",
    });
    expect(call.messages.map((bytes) => bytes.equals(body))).toEqual([true, true, true]);
    await peerOfClient?.roundTrip();
    expect(dataOf(peerOfClient as RawPeer, 1)).toEqual([]);
  });
}

test("20. our client takes a unary response before its request is out, and gives the rest up", async () => {
  let peerOfClient: RawPeer | undefined;
  const address = await respondRaw((peer, streamId) => {
    peerOfClient = peer;
    peer.send(
      headers(streamId, responseHead()),
      data(streamId, message("early")),
      headers(streamId, [["grpc-status", "0"]], { endStream: true }),
      reset(streamId, CODE.NO_ERROR),
    );
  });
  const connection = await dial(address);
  for (let call = 0; call < 3; call++) {
    expect(await callUnary(connection, "/t/Echo", Buffer.alloc(2 * MIB))).toMatchObject({
      end: { code: StatusNumber.OK },
      message: Buffer.from("early"),
    });
  }
  await peerOfClient?.roundTrip();
});
