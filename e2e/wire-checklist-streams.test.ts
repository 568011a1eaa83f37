import { Metadata } from "@tightwire/core";
import { type ConnectionState, StatusNumber, SYSTEM } from "@tightwire/core/runtime";
import { createEventLog, eventually } from "@tightwire/testing";
import { wire as wireClient } from "@tightwire/wire/client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { rawBlock } from "./raw-hpack.js";
import {
  ACK,
  CLIENT_PREFACE,
  CODE,
  CONTINUATION,
  connectRaw,
  continuation,
  DATA,
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  GOAWAY,
  goaway,
  greetRaw,
  HAS_PRIORITY,
  HEADERS,
  headers,
  listenRaw,
  message,
  PADDED,
  PING,
  PRIORITY,
  PUSH_PROMISE,
  ping,
  type RawPeer,
  RST_STREAM,
  request,
  reset,
  respondRaw,
  responseHead,
  SETTINGS,
  settings,
  settingsAck,
  uint32,
  WINDOW_UPDATE,
  windowUpdate,
} from "./raw-peer.js";
import { callStream, callUnary, dial, serve } from "./wire-stage.js";

const OK = [["grpc-status", "0"]] as const;

/** Responses a call of our client with an empty message. */
function respond(peer: RawPeer, streamId: number): void {
  peer.send(
    headers(streamId, responseHead()),
    data(streamId, message()),
    headers(streamId, OK, { endStream: true }),
  );
}

/**
 * Sends `frames` to our server on a connection that has greeted, with a call open on stream 1, and
 * waits for the connection's end.
 */
async function serverDies(code: number, ...frames: readonly Buffer[]): Promise<void> {
  const server = await serve();
  const peer = await greetRaw(server.address);
  peer.send(headers(1, request("/t/Hold")), ...frames);
  await peer.dies(code);
  await eventually(() => expect(server.calls[0]?.cancelled).toBeDefined());
  await server.neighbour();
}

/**
 * Sends `frames` to our client while its call 1 is in flight, and waits for the connection's end.
 */
async function clientDies(code: number, ...frames: readonly Buffer[]): Promise<void> {
  let peerOfClient: RawPeer | undefined;
  const address = await respondRaw((peer) => {
    peerOfClient = peer;
    peer.send(...frames);
  });
  const { end } = await callUnary(await dial(address), "/t/Echo");
  expect(end).toMatchObject({
    code: StatusNumber.UNAVAILABLE,
    outcome: "unknown",
    origin: "local",
  });
  await peerOfClient?.dies(code);
}

describe("15. SETTINGS", () => {
  for (const [what, code, frames] of [
    ["MAX_FRAME_SIZE below 16,384", CODE.PROTOCOL_ERROR, settings([5, 16_383])],
    ["MAX_FRAME_SIZE above 2^24-1", CODE.PROTOCOL_ERROR, settings([5, 16_777_216])],
    ["INITIAL_WINDOW_SIZE above 2^31-1", CODE.FLOW_CONTROL_ERROR, settings([4, 0x8000_0000])],
    ["ENABLE_PUSH of 2", CODE.PROTOCOL_ERROR, settings([2, 2])],
  ] as const) {
    test(`15. ${what} closes the connection, on both sides`, async () => {
      await serverDies(code, frames);
      await clientDies(code, frames);
    });
  }

  test("15. ENABLE_PUSH of 1 closes the connection when a server sends it, and not when a client does", async () => {
    await clientDies(CODE.PROTOCOL_ERROR, settings([2, 1]));
    await (await greetRaw((await serve()).address, settings([2, 1]))).roundTrip();
  });

  test("15. unknown settings are ignored", async () => {
    const peer = await greetRaw(
      (await serve()).address,
      settings([0xff, 1], [0, 7], [8, 1], [4, 65_535]),
    );
    await peer.roundTrip();
    expect(peer.ended).toBe(false);
  });

  test("15. our SETTINGS that are not acknowledged in time close the connection", async () => {
    const server = await serve({ limits: { settingsTimeoutMs: 200 } });
    const peer = await connectRaw(server.address);
    peer.send(CLIENT_PREFACE, settings());
    await peer.dies(CODE.SETTINGS_TIMEOUT);
    await server.neighbour();
  });

  test("15. our server responds to a client that sends before its SETTINGS came", async () => {
    const peer = await connectRaw((await serve()).address);
    peer.send(
      CLIENT_PREFACE,
      settings(),
      headers(1, request("/t/Echo")),
      data(1, message("early"), true),
    );
    expect((await peer.response(1)).body.toString()).toContain("early");
  });

  test("15. something else before SETTINGS closes the connection, on both sides", async () => {
    const peer = await connectRaw((await serve()).address);
    peer.send(CLIENT_PREFACE, ping());
    await peer.dies(CODE.PROTOCOL_ERROR);
    const { address } = await listenRaw((one) => one.send(ping()));
    await expect(dial(address)).rejects.toThrow("does not speak HTTP/2");
  });

  test("15. our client keeps to MAX_CONCURRENT_STREAMS, and survives REFUSED_STREAM", async () => {
    let open = 0;
    let most = 0;
    const address = await respondRaw(
      (peer, streamId) => {
        most = Math.max(most, ++open);
        setImmediate(() => {
          open--;
          if (streamId === 5) peer.send(reset(5, CODE.REFUSED_STREAM));
          else respond(peer, streamId);
        });
      },
      settings([3, 2]),
    );
    const connection = await dial(address);
    expect(connection.capacity).toBe(2);
    const ends = await Promise.all(
      Array.from({ length: 10 }, () => callUnary(connection, "/t/Echo")),
    );
    expect(most).toBeLessThanOrEqual(2);
    expect(ends.filter(({ end }) => end.code === StatusNumber.OK)).toHaveLength(9);
    expect(ends.find(({ end }) => end.code !== StatusNumber.OK)?.end).toMatchObject({
      code: StatusNumber.UNAVAILABLE,
      outcome: "not-processed",
    });
  });

  test("15. five thousand refused calls finish as not processed, and the connection goes on", async () => {
    let refusing = true;
    const address = await respondRaw((peer, streamId) =>
      refusing ? peer.send(reset(streamId, CODE.REFUSED_STREAM)) : respond(peer, streamId),
    );
    const connection = await dial(address);
    const ends = await Promise.all(
      Array.from({ length: 5_000 }, () => callUnary(connection, "/t/Echo")),
    );
    expect(ends.filter(({ end }) => end.outcome === "not-processed")).toHaveLength(5_000);
    refusing = false;
    expect((await callUnary(connection, "/t/Echo")).end.code).toBe(StatusNumber.OK);
  }, 30_000);
});

describe("16. frames on closed streams", () => {
  test("16. after our reset they are ignored", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(headers(1, request("/t/Hold")), windowUpdate(1, 0));
    await peer.streamDies(1, CODE.PROTOCOL_ERROR);
    peer.send(
      data(1, Buffer.alloc(10)),
      windowUpdate(1, 5),
      reset(1),
      headers(1, [["x", "y"]], { endStream: true }),
      frame(PRIORITY, 0, 1, Buffer.alloc(5)),
    );
    await peer.roundTrip();
  });

  test("16. and for ten thousand streams that were reset before, without remembering each", async () => {
    const peer = await greetRaw((await serve({ limits: { maxConcurrentStreams: 1 } })).address);
    peer.send(headers(1, request("/t/Hold")));
    peer.send(
      ...Array.from({ length: 10_000 }, (_, call) => headers(call * 2 + 3, request("/t/Hold"))),
    );
    peer.send(data(3, Buffer.alloc(5)), data(20_001, Buffer.alloc(5)));
    await peer.roundTrip();
    expect(peer.frames.filter(({ type }) => type === GOAWAY)).toEqual([]);
  });

  test("16. after the peer's END_STREAM they are an error: of the stream while it is half open, of the connection behind it", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(headers(1, request("/t/Hold"), { endStream: true }), data(1, Buffer.alloc(1)));
    await peer.streamDies(1, CODE.STREAM_CLOSED);
    peer.send(
      headers(3, request("/t/Hold"), { endStream: true }),
      headers(3, [["x", "y"]], { endStream: true }),
    );
    await peer.streamDies(3, CODE.STREAM_CLOSED);
    peer.send(headers(5, request("/t/Echo")), data(5, message(), true));
    await peer.response(5);
    peer.send(windowUpdate(5, 1), reset(5), frame(PRIORITY, 0, 5, Buffer.alloc(5)));
    await peer.roundTrip();
    peer.send(data(5, Buffer.alloc(1)));
    await peer.dies(CODE.STREAM_CLOSED);
  });

  for (const [what, frames] of [
    ["DATA", data(3, Buffer.alloc(1))],
    ["RST_STREAM", reset(3)],
    ["WINDOW_UPDATE", windowUpdate(3, 1)],
  ] as const) {
    test(`16. ${what} on an idle stream is PROTOCOL_ERROR, on both sides`, async () => {
      await serverDies(CODE.PROTOCOL_ERROR, frames);
      await clientDies(CODE.PROTOCOL_ERROR, frames);
    });
  }

  test("16. PRIORITY on an idle stream is none", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(frame(PRIORITY, 0, 77, Buffer.alloc(5)));
    await peer.roundTrip();
    expect(peer.frames.filter(({ type }) => type === GOAWAY || type === RST_STREAM)).toEqual([]);
  });

  test("16. HEADERS on an idle stream, on one of the server's, or on one that has ended, close our client's connection", async () => {
    await clientDies(CODE.PROTOCOL_ERROR, headers(3, responseHead()));
    await clientDies(CODE.PROTOCOL_ERROR, headers(2, responseHead()));
    let peerOfClient: RawPeer | undefined;
    const address = await respondRaw((peer, streamId) => {
      peerOfClient = peer;
      respond(peer, streamId);
      peer.send(headers(streamId, OK));
    });
    await callUnary(await dial(address), "/t/Echo");
    await peerOfClient?.dies(CODE.STREAM_CLOSED);
  });
});

describe("17. stream ids", () => {
  test("17. an even one closes the connection", () =>
    serverDies(CODE.PROTOCOL_ERROR, headers(2, request("/t/Hold"))));

  test("17. a lower one than before closes the connection: those that were skipped are closed", () =>
    serverDies(CODE.STREAM_CLOSED, headers(9, request("/t/Hold")), headers(5, request("/t/Hold"))));

  test("17. the last id there is, is taken", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(headers(0x7fff_ffff, request("/t/Echo")), data(0x7fff_ffff, message("last"), true));
    expect((await peer.response(0x7fff_ffff)).body.toString()).toContain("last");
  });
});

describe("18. GOAWAY", () => {
  test("18. our server goes away in two steps, responds to what came in between, and nothing above", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Echo")));
    await peer.roundTrip();
    const drained = server.listener.drain(5_000);
    const first = await peer.until("GOAWAY", ({ type }) => type === GOAWAY);
    expect([first.payload.readUInt32BE(0), first.payload.readUInt32BE(4)]).toEqual([
      0x7fff_ffff,
      CODE.NO_ERROR,
    ]);
    const { payload } = await peer.until("PING", ({ type, flags }) => type === PING && flags === 0);
    peer.send(
      headers(3, request("/t/Echo")),
      data(3, message("in between"), true),
      frame(PING, ACK, 0, payload),
    );
    const second = await peer.until("the second GOAWAY", ({ type }) => type === GOAWAY);
    expect([second.payload.readUInt32BE(0), second.payload.readUInt32BE(4)]).toEqual([
      3,
      CODE.NO_ERROR,
    ]);
    peer.send(
      headers(5, request("/t/Echo")),
      data(5, message("above"), true),
      data(1, message("one"), true),
    );
    expect((await peer.response(1)).body.toString()).toContain("one");
    expect((await peer.response(3)).body.toString()).toContain("in between");
    await drained;
    await eventually(() => expect(peer.ended).toBe(true));
    expect(server.calls).toHaveLength(2);
  });

  test("18. a GOAWAY whose last stream rises closes our client's connection", () =>
    clientDies(CODE.PROTOCOL_ERROR, goaway(1), goaway(3)));

  test("18. calls above the last stream were not processed, those below go on", async () => {
    const log = createEventLog();
    const address = await respondRaw((peer, streamId) => {
      if (streamId < 7) return;
      peer.send(goaway(0x7fff_ffff), goaway(3));
      respond(peer, 1);
      respond(peer, 3);
    });
    const connection = await dial(address);
    connection.onState((state: ConnectionState) => log.add(state));
    const ends = await Promise.all(
      Array.from({ length: 4 }, () => callUnary(connection, "/t/Echo")),
    );
    expect(ends.map(({ end }) => [end.code, end.outcome])).toEqual([
      [StatusNumber.OK, "responded"],
      [StatusNumber.OK, "responded"],
      [StatusNumber.UNAVAILABLE, "not-processed"],
      [StatusNumber.UNAVAILABLE, "not-processed"],
    ]);
    await log.until("closed");
    expect(log.entries).toEqual(["draining", "closed"]);
  });

  test("18. calls that waited for a place when the server went away were not processed", async () => {
    const address = await respondRaw(
      (peer, streamId) => {
        peer.send(goaway(streamId));
        respond(peer, streamId);
      },
      settings([3, 1]),
    );
    const connection = await dial(address);
    const ends = await Promise.all(
      Array.from({ length: 3 }, () => callUnary(connection, "/t/Echo")),
    );
    expect(ends.map(({ end }) => end.outcome)).toEqual([
      "responded",
      "not-processed",
      "not-processed",
    ]);
  });

  test("18. calls that waited for a place when the channel was closed have its grace too", async () => {
    const address = await respondRaw(
      (peer, streamId) => setImmediate(() => respond(peer, streamId)),
      settings([3, 1]),
    );
    const connection = await dial(address);
    const calls = Promise.all(Array.from({ length: 5 }, () => callUnary(connection, "/t/Echo")));
    await connection.close(4_000);
    expect((await calls).map(({ end }) => end.code)).toEqual([0, 0, 0, 0, 0]);
  });

  test("18. too_many_pings doubles the keepalive of the next connections", async () => {
    const { address } = await listenRaw(async (peer) => {
      await peer.greet();
      for (;;) {
        await peer.until("PING", ({ type }) => type === PING);
        peer.send(goaway(0, CODE.ENHANCE_YOUR_CALM, "too_many_pings"));
      }
    });
    const transport = wireClient({ keepaliveMs: 5 });
    // How long the connection was silent before its first PING, and a little more.
    const silentMs = async (): Promise<number> => {
      const began = performance.now();
      const connection = await transport.connect(
        { address, authority: address },
        { timeoutMs: 5_000, maxMessageBytes: 1_000, ...SYSTEM },
      );
      const log = createEventLog();
      connection.onState((state) => log.add(state));
      await log.until("closed");
      return performance.now() - began;
    };
    for (let doubled = 5; doubled < 640; doubled *= 2)
      expect(await silentMs()).toBeGreaterThanOrEqual(doubled);
  });
});

test("19. the reason for the end reaches a peer that goes on sending", async () => {
  const server = await serve();
  const peer = await greetRaw(server.address);
  peer.send(headers(1, request("/t/Hold")));
  await peer.roundTrip();
  peer.send(
    ping(),
    frame(PING, 0, 1, Buffer.alloc(8)),
    ...Array.from({ length: 200 }, () => data(1, Buffer.alloc(16_384))),
  );
  await peer.dies(CODE.PROTOCOL_ERROR);
  await server.neighbour();
});

test("19. and our server lets go of one that does not close, within a limit", async () => {
  const server = await serve();
  const peer = await greetRaw(server.address);
  peer.socket.allowHalfOpen = true;
  peer.send(frame(PING, 0, 1, Buffer.alloc(8)));
  await peer.dies(CODE.PROTOCOL_ERROR);
  const timer = setInterval(() => peer.send(ping()), 10);
  await eventually(() => expect(peer.socket.destroyed).toBe(true));
  clearInterval(timer);
});

describe("21. header blocks in parts", () => {
  const open = headers(3, rawBlock(request("/t/Hold")).subarray(0, 20), { endHeaders: false });
  for (const [what, between] of [
    ["PING", ping()],
    ["DATA", data(1, Buffer.alloc(1))],
    ["another HEADERS", headers(5, request("/t/Hold"))],
    ["CONTINUATION of another stream", continuation(7)],
    ["an unknown frame", frame(0x0f, 0, 3)],
    ["SETTINGS", settings()],
  ] as const) {
    test(`21. ${what} inside a block closes the connection, on both sides`, async () => {
      await serverDies(CODE.PROTOCOL_ERROR, open, between);
      await clientDies(
        CODE.PROTOCOL_ERROR,
        headers(1, rawBlock(responseHead()).subarray(0, 9), { endHeaders: false }),
        between,
      );
    });
  }

  test("21. CONTINUATION outside of a block closes the connection, on both sides", async () => {
    await serverDies(CODE.PROTOCOL_ERROR, continuation(1, Buffer.alloc(0), true));
    await clientDies(CODE.PROTOCOL_ERROR, continuation(1, Buffer.alloc(0), true));
  });

  test("21. endless empty CONTINUATIONs close the connection, on both sides", async () => {
    const endless = Array.from({ length: 20 }, () => continuation(3));
    await serverDies(CODE.ENHANCE_YOUR_CALM, open, ...endless);
    await clientDies(
      CODE.ENHANCE_YOUR_CALM,
      headers(1, rawBlock(responseHead()), { endHeaders: false }),
      ...Array.from({ length: 20 }, () => continuation(1)),
    );
  });

  test("21. HEADERS with priority and padding are read, also where those fill the frame", async () => {
    const peer = await greetRaw((await serve()).address);
    const block = rawBlock(request("/t/Echo"));
    const flags = END_HEADERS | PADDED | HAS_PRIORITY;
    peer.send(
      frame(
        HEADERS,
        flags,
        1,
        Buffer.concat([Buffer.of(3), uint32(0), Buffer.of(16), block, Buffer.alloc(3)]),
      ),
      data(1, message("one"), true),
    );
    expect((await peer.response(1)).body.toString()).toContain("one");
    peer.send(
      frame(
        HEADERS,
        flags & ~END_HEADERS,
        3,
        Buffer.concat([Buffer.of(3), uint32(0), Buffer.of(16), Buffer.alloc(3)]),
      ),
      continuation(3, block, true),
      data(3, message("two"), true),
    );
    expect((await peer.response(3)).body.toString()).toContain("two");
  });

  test("21. padding or priority longer than the frame closes the connection", async () => {
    await serverDies(
      CODE.PROTOCOL_ERROR,
      frame(HEADERS, END_HEADERS | PADDED, 3, Buffer.concat([Buffer.of(50), Buffer.alloc(49)])),
    );
    await serverDies(
      CODE.PROTOCOL_ERROR,
      frame(
        HEADERS,
        END_HEADERS | PADDED | HAS_PRIORITY,
        3,
        Buffer.concat([Buffer.of(2), Buffer.alloc(6)]),
      ),
    );
    await serverDies(
      CODE.FRAME_SIZE_ERROR,
      frame(HEADERS, END_HEADERS | HAS_PRIORITY, 3, Buffer.alloc(4)),
    );
    await serverDies(CODE.FRAME_SIZE_ERROR, frame(HEADERS, END_HEADERS | PADDED, 3));
    await serverDies(
      CODE.PROTOCOL_ERROR,
      frame(DATA, PADDED, 1, Buffer.concat([Buffer.of(50), Buffer.alloc(49)])),
    );
  });

  test("21. unknown frames are ignored elsewhere, on both sides", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(frame(0x0f, 0xff, 77, Buffer.alloc(100)), frame(0xfe, 0, 0));
    await peer.roundTrip();
    const address = await respondRaw((one, streamId) => {
      one.send(frame(0x0f, 0xff, 77, Buffer.alloc(100)));
      respond(one, streamId);
    });
    expect((await callUnary(await dial(address), "/t/Echo")).end.code).toBe(StatusNumber.OK);
  });
});

describe("22. the rules of each kind of frame", () => {
  for (const [what, code, bad] of [
    ["DATA on stream 0", CODE.PROTOCOL_ERROR, data(0, Buffer.alloc(1))],
    ["HEADERS on stream 0", CODE.PROTOCOL_ERROR, headers(0, request("/t/Hold"))],
    ["PRIORITY on stream 0", CODE.PROTOCOL_ERROR, frame(PRIORITY, 0, 0, Buffer.alloc(5))],
    ["RST_STREAM on stream 0", CODE.PROTOCOL_ERROR, reset(0)],
    ["RST_STREAM of 3 bytes", CODE.FRAME_SIZE_ERROR, frame(RST_STREAM, 0, 1, Buffer.alloc(3))],
    ["SETTINGS on a stream", CODE.PROTOCOL_ERROR, frame(SETTINGS, 0, 1)],
    ["SETTINGS of 5 bytes", CODE.FRAME_SIZE_ERROR, frame(SETTINGS, 0, 0, Buffer.alloc(5))],
    [
      "an acknowledgement of SETTINGS with bytes",
      CODE.FRAME_SIZE_ERROR,
      frame(SETTINGS, ACK, 0, Buffer.alloc(6)),
    ],
    ["PING on a stream", CODE.PROTOCOL_ERROR, frame(PING, 0, 1, Buffer.alloc(8))],
    ["PING of 7 bytes", CODE.FRAME_SIZE_ERROR, frame(PING, 0, 0, Buffer.alloc(7))],
    ["GOAWAY on a stream", CODE.PROTOCOL_ERROR, frame(GOAWAY, 0, 1, Buffer.alloc(8))],
    ["GOAWAY of 7 bytes", CODE.FRAME_SIZE_ERROR, frame(GOAWAY, 0, 0, Buffer.alloc(7))],
    [
      "WINDOW_UPDATE of 5 bytes",
      CODE.FRAME_SIZE_ERROR,
      frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(5)),
    ],
    ["CONTINUATION on stream 0", CODE.PROTOCOL_ERROR, frame(CONTINUATION, END_HEADERS, 0)],
    [
      "PUSH_PROMISE",
      CODE.PROTOCOL_ERROR,
      frame(PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([uint32(2), rawBlock(request("/t/Hold"))])),
    ],
    ["a frame over MAX_FRAME_SIZE", CODE.FRAME_SIZE_ERROR, frame(DATA, 0, 1, Buffer.alloc(16_385))],
    ["a length of 2^24-1", CODE.FRAME_SIZE_ERROR, frame(DATA, 0, 1, Buffer.alloc(1), 0xff_ffff)],
    ["padded DATA of no bytes", CODE.FRAME_SIZE_ERROR, frame(DATA, PADDED, 1)],
  ] as const) {
    test(`22. ${what} closes the connection, on both sides`, async () => {
      await serverDies(code, bad);
      await clientDies(code, bad);
    });
  }

  test("22. PRIORITY of another length than 5 resets its stream", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(headers(1, request("/t/Hold")), frame(PRIORITY, 0, 1, Buffer.alloc(4)));
    await peer.streamDies(1, CODE.FRAME_SIZE_ERROR);
  });

  test("22. the reserved bit is dropped, in ids and in increments", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address, settings([4, 0]));
    const reserved = (bytes: Buffer, at: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] as number) | 0x80;
      return copy;
    };
    peer.send(
      reserved(headers(1, request("/t/Echo")), 5),
      reserved(data(1, message("hello"), true), 5),
      reserved(reserved(windowUpdate(1, 10), 5), 9),
    );
    expect((await peer.response(1)).body.toString()).toContain("hello");
  });
});

describe("23. responses", () => {
  test("23. 1xx heads are skipped", async () => {
    const address = await respondRaw((peer, streamId) => {
      peer.send(
        headers(streamId, [[":status", "100"]]),
        headers(streamId, [
          [":status", "103"],
          ["link", "x"],
        ]),
      );
      respond(peer, streamId);
    });
    expect((await callUnary(await dial(address), "/t/Echo")).end.code).toBe(StatusNumber.OK);
  });

  for (const [what, frames] of [
    ["1xx with END_STREAM", [headers(1, [[":status", "103"]], { endStream: true })]],
    ["101", [headers(1, [[":status", "101"]])]],
    ["a second head without END_STREAM", [headers(1, responseHead()), headers(1, OK)]],
    ["DATA before the head", [data(1, message())]],
  ] as const) {
    test(`23. ${what} is malformed`, async () => {
      const address = await respondRaw((peer) => peer.send(...frames));
      const { end } = await callUnary(await dial(address), "/t/Echo");
      expect(end).toMatchObject({ code: StatusNumber.INTERNAL, origin: "local" });
      expect(end.message).toContain("malformed");
    });
  }

  test("23. trailers-only is END_STREAM on the first HEADERS", async () => {
    const address = await respondRaw((peer, streamId) =>
      peer.send(
        headers(
          streamId,
          [...responseHead(), ["grpc-status", "7"], ["grpc-message", "no"], ["x", "y"]],
          { endStream: true },
        ),
      ),
    );
    const { end } = await callUnary(await dial(address), "/t/Echo");
    expect(end).toMatchObject({
      code: StatusNumber.PERMISSION_DENIED,
      message: "no",
      origin: "peer",
      outcome: "responded",
    });
    expect(end.trailers).toEqual(new Metadata({ x: "y" }));
  });

  for (const [what, code, blocks] of [
    ["no grpc-status in trailers", StatusNumber.UNKNOWN, [responseHead(), [["x", "y"]]]],
    ["no grpc-status in trailers-only", StatusNumber.UNKNOWN, [responseHead()]],
    ["HTTP 404", StatusNumber.UNIMPLEMENTED, [[[":status", "404"]]]],
    [
      "HTTP 401",
      StatusNumber.UNAUTHENTICATED,
      [
        [
          [":status", "401"],
          ["content-type", "text/html"],
        ],
      ],
    ],
    ["HTTP 403", StatusNumber.PERMISSION_DENIED, [[[":status", "403"]]]],
    ["HTTP 400", StatusNumber.INTERNAL, [[[":status", "400"]]]],
    ["HTTP 429", StatusNumber.UNAVAILABLE, [[[":status", "429"]]]],
    ["HTTP 503", StatusNumber.UNAVAILABLE, [[[":status", "503"]]]],
    ["HTTP 500", StatusNumber.UNKNOWN, [[[":status", "500"]]]],
  ] as const) {
    test(`23. ${what} is mapped`, async () => {
      const address = await respondRaw((peer, streamId) =>
        peer.send(
          ...blocks.map((block, at) =>
            headers(streamId, block, { endStream: at === blocks.length - 1 }),
          ),
        ),
      );
      expect((await callUnary(await dial(address), "/t/Echo")).end.code).toBe(code);
    });
  }

  test("23. a response that ends with DATA has no status", async () => {
    const address = await respondRaw((peer, streamId) =>
      peer.send(headers(streamId, responseHead()), data(streamId, message(), true)),
    );
    const { end } = await callUnary(await dial(address), "/t/Echo");
    expect([StatusNumber.INTERNAL, StatusNumber.UNKNOWN]).toContain(end.code);
    expect(end.message).toContain("without a status");
  });

  for (const [code, status] of [
    [CODE.NO_ERROR, StatusNumber.INTERNAL],
    [CODE.PROTOCOL_ERROR, StatusNumber.INTERNAL],
    [CODE.REFUSED_STREAM, StatusNumber.UNAVAILABLE],
    [CODE.CANCEL, StatusNumber.CANCELLED],
    [CODE.ENHANCE_YOUR_CALM, StatusNumber.RESOURCE_EXHAUSTED],
    [12, StatusNumber.PERMISSION_DENIED],
    [0xffff_ffff, StatusNumber.INTERNAL],
  ] as const) {
    test(`23. a reset with code ${code} is mapped`, async () => {
      const address = await respondRaw((peer, streamId) =>
        peer.send(headers(streamId, responseHead()), reset(streamId, code)),
      );
      expect((await callUnary(await dial(address), "/t/Echo")).end.code).toBe(status);
    });
  }
});

test("30. frames behind the one that closes the connection are not looked at", async () => {
  const server = await serve();
  const peer = await greetRaw(server.address);
  peer.send(frame(PING, 0, 1, Buffer.alloc(8)), headers(1, request("/t/Hold")));
  await peer.dies(CODE.PROTOCOL_ERROR);
  await server.neighbour();
  expect(server.calls).toHaveLength(1);
});

test("30. a handler that closes the server while the parser loops: what came with it opens no call", async () => {
  let closed: Promise<void> | undefined;
  const server = await serve(
    {},
    {
      "/t/Close": ({ call }) => ({
        start: () => call.pull(1),
        message() {
          closed = server.listener.closeNow();
        },
      }),
    },
  );
  const peer = await greetRaw(server.address);
  peer.send(
    headers(1, request("/t/Close")),
    data(1, message("now")),
    headers(3, request("/t/Hold")),
    data(3, message()),
  );
  await eventually(() => expect(peer.ended).toBe(true));
  await closed;
  expect(server.calls.map(({ call, cancelled }) => [call.path, cancelled?.code])).toEqual([
    ["/t/Close", StatusNumber.UNAVAILABLE],
  ]);
});

test("30. a sink that cancels and closes while the parser loops", async () => {
  const address = await respondRaw((peer, streamId) => {
    if (streamId === 3)
      peer.send(
        headers(1, responseHead()),
        data(1, Buffer.concat([message("a"), message("b")])),
        data(1, message("c")),
        headers(3, responseHead()),
        data(3, message("d")),
      );
  });
  const connection = await dial(address);
  const first = callStream(
    connection,
    "/t/Echo",
    9,
    {},
    { message: () => first.handle.cancel({ code: StatusNumber.CANCELLED, message: "" }) },
  );
  const second = callStream(
    connection,
    "/t/Echo",
    9,
    {},
    { message: () => void connection.close(0) },
  );
  expect((await first.done()).code).toBe(StatusNumber.CANCELLED);
  expect((await second.done()).code).toBe(StatusNumber.UNAVAILABLE);
  expect([first.messages.length, first.ends, second.messages.length, second.ends]).toEqual([
    1, 1, 1, 1,
  ]);
});

test("30. a handler that throws in the parser's loop fails its call alone, with a fixed text", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const server = await serve(
    {},
    {
      "/t/Throw": ({ call }) => ({
        start: () => call.pull(1),
        message() {
          throw new Error("secret detail");
        },
      }),
    },
  );
  const peer = await greetRaw(server.address);
  peer.send(headers(1, request("/t/Throw")), data(1, message()));
  peer.send(headers(3, request("/t/Echo")), data(3, message("sibling"), true));
  const failed = await peer.response(1);
  expect(failed.status).toBe("13");
  expect(JSON.stringify(failed)).not.toContain("secret");
  expect((await peer.response(3)).status).toBe("0");
  await server.neighbour();
  expect(printed).toHaveBeenCalledExactlyOnceWith(
    "tightwire: the server of /t/Throw threw:",
    new Error("secret detail"),
  );
});

test("30. a reset call keeps its place until its handler has finished", async () => {
  const server = await serve({ limits: { maxConcurrentStreams: 3 } });
  const peer = await greetRaw(server.address);
  for (const streamId of [1, 3, 5])
    peer.send(headers(streamId, request("/t/Stuck")), reset(streamId));
  peer.send(headers(7, request("/t/Stuck")));
  await peer.streamDies(7, CODE.REFUSED_STREAM);
  server.calls[0]?.call.handlerFinished();
  peer.send(headers(9, request("/t/Echo")), data(9, message("place"), true));
  expect((await peer.response(9)).status).toBe("0");
  expect(server.calls).toHaveLength(4);
});

test("30. a late response to a call that is gone reaches no other", async () => {
  const server = await serve();
  const peer = await greetRaw(server.address);
  peer.send(headers(1, request("/t/Stuck")), reset(1));
  await eventually(() => expect(server.calls[0]?.cancelled).toBeDefined());
  server.calls[0]?.call.respond(undefined, Buffer.from("late"), undefined, false);
  server.calls[0]?.call.handlerFinished();
  await peer.roundTrip();
  expect(peer.frames.filter(({ streamId }) => streamId === 1)).toEqual([]);
});

test("15. settings that come late move what is in flight: acknowledged each", async () => {
  const peer = await greetRaw((await serve()).address);
  const before = peer.frames.filter(({ type, flags }) => type === SETTINGS && flags === ACK).length;
  peer.send(settings([4, 10]), settings([4, 20]), settings());
  await peer.roundTrip();
  expect(
    peer.frames.filter(({ type, flags }) => type === SETTINGS && flags === ACK).length - before,
  ).toBe(3);
  expect(settingsAck[4]).toBe(END_STREAM);
});
