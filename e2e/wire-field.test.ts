import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { RpcError } from "@tightwire/core";
import { StatusNumber, systemClock } from "@tightwire/core/runtime";
import { createServer } from "@tightwire/server";
import { eventually } from "@tightwire/testing";
import {
  type TestHandlers,
  TestService,
  testMessage,
  UnaryRequest,
} from "@tightwire/transport-contract";
import { wire } from "@tightwire/wire/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { handlersOf } from "./pitfalls-stage.js";
import {
  CLIENT_PREFACE,
  CODE,
  connectRaw,
  continuation,
  DATA,
  data,
  frame,
  greetRaw,
  headers,
  message,
  PING,
  paddedData,
  ping,
  type RawPeer,
  type RawResponse,
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
  type ServerOptions,
  serve,
  type UnaryEnd,
  watchMemory,
} from "./wire-stage.js";

const UNARY = "/tightwire.testing.v1.TestService/Unary";
const OK = [["grpc-status", "0"]] as const;

/** Serves the test service by the whole library, on the wire. */
async function serveTests(
  handlers: Partial<TestHandlers>,
  options: ServerOptions = {},
): Promise<string> {
  const server = createServer().add(
    TestService,
    handlersOf({ unary: async ({ text }) => testMessage({ text }), ...handlers }),
  );
  const { address } = await server.listen("127.0.0.1:0", wire(options));
  onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 100 }));
  return address;
}

/** One request to a server, and its response. */
async function ask(
  address: string,
  head: ReturnType<typeof request>,
  ...body: readonly Buffer[]
): Promise<RawResponse> {
  const peer = await greetRaw(address);
  const whole = Buffer.concat(body);
  peer.send(
    headers(1, head, { endStream: body.length === 0 }),
    ...(body.length === 0 ? [] : [data(1, whole, true)]),
  );
  const response = await peer.response(1);
  peer.close();
  return response;
}

/** One call of our client, whose response is `frames` for its stream. */
async function responded(
  frames: (streamId: number) => readonly Buffer[],
  body: Uint8Array = new Uint8Array(),
): Promise<UnaryEnd> {
  const address = await respondRaw((peer, streamId) => peer.send(...frames(streamId)));
  return await callUnary(await dial(address), "/t/Echo", body);
}

function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

/** A large message in DATA frames. */
function inFrames(streamId: number, bytes: Buffer): Buffer {
  return Buffer.concat(
    times(Math.ceil(bytes.length / 16_384), (at) =>
      data(streamId, bytes.subarray(at * 16_384, (at + 1) * 16_384)),
    ),
  );
}

/** Bytes of buffers that somebody still holds. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().arrayBuffers;
}

function sockets(): number {
  return process.getActiveResourcesInfo().filter((one) => one === "TCPSocketWrap").length;
}

describe("the measured weaknesses of grpc-js, by their rows", () => {
  test("1. two hundred connection errors leave no socket, on the server's side", async () => {
    const server = await serve();
    const before = sockets();
    const peers = await Promise.all(times(200, () => connectRaw(server.address)));
    for (const peer of peers)
      peer.send(
        CLIENT_PREFACE,
        settings(),
        headers(1, request("/t/Hold"), { endHeaders: false }),
        ping(),
      );
    for (const peer of peers) await peer.dies(CODE.PROTOCOL_ERROR);
    for (const peer of peers) peer.close();
    await eventually(() => expect(sockets()).toBeLessThanOrEqual(before));
    await server.neighbour();
  });

  test("1. nor fifty on the client's", async () => {
    const address = await respondRaw((peer) => peer.send(frame(PING, 0, 1, Buffer.alloc(8))));
    const before = sockets();
    for (let call = 0; call < 50; call++)
      expect((await callUnary(await dial(address), "/t/Echo")).end.code).toBe(
        StatusNumber.UNAVAILABLE,
      );
    await eventually(() => expect(sockets()).toBeLessThanOrEqual(before));
  });

  test("2. ten thousand streams on one connection: a thousand are open, the others refused", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    const memory = watchMemory();
    for (let turn = 0; turn < 10; turn++) {
      peer.send(...times(1_000, (at) => headers((turn * 1_000 + at) * 2 + 1, request("/t/Hold"))));
      await peer.roundTrip();
    }
    expect(memory.stop()).toBeLessThan(60 * MIB);
    expect(server.calls).toHaveLength(1_000);
    expect(peer.frames.filter(({ type }) => type === 3)).toHaveLength(9_000);
    await server.neighbour();
  });

  test("3. a client that reads no responses: a hundred of a MiB are held to 64", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address, settings([4, 0]));
    const memory = watchMemory();
    peer.send(
      ...times(100, (at) =>
        Buffer.concat([
          headers(at * 2 + 1, request("/t/Large")),
          data(at * 2 + 1, message(), true),
        ]),
      ),
    );
    for (let at = 64; at < 100; at++)
      expect((await peer.response(at * 2 + 1)).status).toBe(
        String(StatusNumber.RESOURCE_EXHAUSTED),
      );
    expect(memory.stop()).toBeLessThan(110 * MIB);
    await server.neighbour();
  });

  test("4. half-sent messages: forty of 3.9 MB are not hoarded", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    const before = heldBytes();
    const half = message(Buffer.alloc(3_900_000), { length: 4_000_000 });
    peer.send(...times(40, (at) => headers(at * 2 + 1, request("/t/Hold"))));
    for (let from = 0; from < half.length; from += 16_384) {
      peer.send(...times(40, (at) => data(at * 2 + 1, half.subarray(from, from + 16_384))));
      // Each stream has credit for what was read of it: a MiB ahead.
      if (from % (16 * 16_384) === 0) await peer.roundTrip();
    }
    await peer.roundTrip();
    const refused = server.calls.filter(
      ({ cancelled }) => cancelled?.code === StatusNumber.RESOURCE_EXHAUSTED,
    ).length;
    expect(refused).toBeGreaterThanOrEqual(20);
    // A collection may leave the buffers of the one before to the next.
    await eventually(() => expect(heldBytes() - before).toBeLessThan(90 * MIB));
    await server.neighbour();
  });

  test("5. fifteen hundred cancels in a burst do not cut an honest caller off", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    for (let turn = 0; turn < 15; turn++) {
      peer.send(
        ...times(100, (at) =>
          Buffer.concat([
            headers((turn * 100 + at) * 2 + 1, request("/t/Hold")),
            reset((turn * 100 + at) * 2 + 1),
          ]),
        ),
      );
      await peer.roundTrip();
    }
    expect(server.calls.filter(({ cancelled }) => cancelled !== undefined)).toHaveLength(1_500);
  });

  for (const timeout of ["1000H", "2592000S", "99999999H", "99999999S", "99999999M"]) {
    test(`6. a deadline of ${timeout} does not pass at once`, async () => {
      const address = await serveTests({
        async unary() {
          // All deadlines are on one wheel: one that is set later and has passed comes later.
          await new Promise<void>((resolve) => {
            systemClock.schedule(performance.now(), { expire: resolve });
          });
          return testMessage();
        },
      });
      expect(
        (await ask(address, request(UNARY, ["grpc-timeout", timeout]), message())).status,
      ).toBe("0");
      const server = await serve();
      await ask(server.address, request("/t/Echo", ["grpc-timeout", timeout]), message());
      expect((server.calls[0]?.call.deadline ?? 0) - performance.now()).toBeGreaterThan(
        2_591_000_000,
      );
    });
  }

  for (const timeout of ["-1S", "100000000S", "1", "S", "", "1.5S", "1s", "0x1S", "1S1S"]) {
    test(`7. a grpc-timeout of ${JSON.stringify(timeout)} is refused, and reaches no handler`, async () => {
      const server = await serve();
      expect(
        (await ask(server.address, request("/t/Echo", ["grpc-timeout", timeout]), message()))
          .status,
      ).toBe(String(StatusNumber.INTERNAL));
      expect(server.calls).toEqual([]);
    });
  }

  for (const [what, flag, more] of [
    ["flag 2", 2, []],
    ["flag 255", 255, []],
    ["flag 1 without an encoding", 1, []],
    ["flag 1 with identity", 1, [["grpc-encoding", "identity"]]],
    ["flag 1 with gzip, and no gzip", 1, [["grpc-encoding", "gzip"]]],
    ["flag 1 with deflate, and no zlib", 1, [["grpc-encoding", "deflate"]]],
  ] as const) {
    test(`8. ${what} is INTERNAL, on both sides`, async () => {
      const server = await serve();
      expect(
        (await ask(server.address, request("/t/Echo", ...more), message("x", { flag }))).status,
      ).toBe(String(StatusNumber.INTERNAL));
      expect(server.calls.flatMap(({ messages }) => messages)).toEqual([]);
      const { end } = await responded((id) => [
        headers(id, responseHead(...more)),
        data(id, message("x", { flag })),
        headers(id, OK, { endStream: true }),
      ]);
      expect(end).toMatchObject({ code: StatusNumber.INTERNAL, origin: "local" });
    });
  }

  test("9. an unknown encoding is UNIMPLEMENTED, and the response says which are known", async () => {
    const response = await ask(
      (await serve()).address,
      request("/t/Echo", ["grpc-encoding", "br"]),
      message("x", { flag: 1 }),
    );
    expect(response.status).toBe(String(StatusNumber.UNIMPLEMENTED));
    expect(response.blocks[0]).toMatchObject({ "grpc-accept-encoding": "identity,gzip,deflate" });
  });

  test("9. a response in an encoding that was not asked for is INTERNAL", async () => {
    const { end } = await responded((id) => [
      headers(id, responseHead(["grpc-encoding", "br"])),
      data(id, message("x", { flag: 1 })),
    ]);
    expect(end).toMatchObject({
      code: StatusNumber.INTERNAL,
      message: expect.stringContaining("br"),
    });
  });

  test("10. a message that is cut short says so, on both sides, for each kind of call", async () => {
    const address = await serveTests({
      async *serverStream() {},
      clientStream: async (requests) => {
        for await (const _one of requests);
        return testMessage();
      },
    });
    for (const method of ["Unary", "ServerStream", "ClientStream"]) {
      for (const part of [message("x", { length: 100 }), Buffer.of(0, 0)]) {
        const response = await ask(address, request(UNARY.replace("Unary", method)), part);
        expect([response.status, response.text]).toEqual([
          String(StatusNumber.INTERNAL),
          "the requests end in the middle of a message",
        ]);
      }
    }
    const { end } = await responded((id) => [
      headers(id, responseHead()),
      data(id, message("x", { length: 100 })),
      headers(id, OK, { endStream: true }),
    ]);
    expect(end).toMatchObject({
      code: StatusNumber.INTERNAL,
      message: "the response ends in the middle of a message",
    });
  });

  test("11. the path in the text of UNIMPLEMENTED is percent-encoded", async () => {
    const address = await serveTests({});
    const response = await ask(address, request("/p%/caf\xe9 \x7e"), message());
    expect(response.status).toBe(String(StatusNumber.UNIMPLEMENTED));
    expect(response.text).toMatch(/^[\x20-\x7e]+$/);
    expect(decodeURIComponent(response.text as string)).toContain("/p%/café ~");
  });

  test("12. methods other than POST are 405, content types that are not gRPC's 415", async () => {
    const server = await serve();
    for (const method of ["GET", "PUT", "OPTIONS", "post"]) {
      const head = request("/t/Echo").map(
        ([name, value]) => [name, name === ":method" ? method : value] as const,
      );
      expect((await ask(server.address, head, message())).blocks[0]).toMatchObject({
        ":status": "405",
        allow: "POST",
      });
    }
    for (const type of [
      "application/grpcfoo",
      "application/grpc-web",
      "application/grpc-web+proto",
      "text/html",
      "",
      "application/json",
    ]) {
      const head = request("/t/Echo").map(
        ([name, value]) => [name, name === "content-type" ? type : value] as const,
      );
      expect((await ask(server.address, head, message())).blocks[0]).toMatchObject({
        ":status": "415",
      });
    }
    for (const type of ["application/grpc+proto", "application/grpc;charset=utf-8"]) {
      const head = request("/t/Echo").map(
        ([name, value]) => [name, name === "content-type" ? type : value] as const,
      );
      expect((await ask(server.address, head, message())).status).toBe("0");
    }
    expect(server.calls).toHaveLength(2);
  });

  test("13. a string that is no UTF-8 is refused, on both sides", async () => {
    const good = Buffer.from(
      UnaryRequest.encode(UnaryRequest.fromPartial({ text: "AB" })).finish(),
    );
    const bad = Buffer.from(good.toString("latin1").replace("AB", "\xff\xfe"), "latin1");
    let handled = 0;
    const address = await serveTests({
      async unary() {
        handled++;
        return testMessage();
      },
    });
    expect((await ask(address, request(UNARY), message(bad))).status).toBe(
      String(StatusNumber.INVALID_ARGUMENT),
    );
    expect(handled).toBe(0);
    const { createChannel, createClient } = await import("@tightwire/client");
    const { wire: wireClient } = await import("@tightwire/wire/client");
    const broken = await respondRaw((peer, id) =>
      peer.send(
        headers(id, responseHead()),
        data(id, message(bad)),
        headers(id, OK, { endStream: true }),
      ),
    );
    const channel = createChannel(`static:///${broken}`, { transport: wireClient() });
    onTestFinished(() => channel.close());
    await expect(createClient(TestService, channel).unary({})).rejects.toSatisfy(
      (error) => error instanceof RpcError && error.code === "internal",
    );
  });

  test("14. responses are compressed for who takes them, and a handler sees how its request came", async () => {
    const seen: (boolean | undefined)[] = [];
    const server = await serve(
      {},
      {
        "/t/Gzip": ({ call, messages }) => ({
          start: () => call.pull(2),
          message: (_bytes, compressed) => void seen.push(compressed),
          halfClosed() {
            call.respond(undefined, messages[0] as Buffer, undefined, true);
            call.handlerFinished();
          },
        }),
      },
    );
    const takes = await ask(
      server.address,
      request("/t/Gzip", ["grpc-encoding", "gzip"], ["grpc-accept-encoding", "identity,gzip"]),
      message(gzipSync("packed"), { flag: 1 }),
    );
    expect(takes.blocks[0]).toMatchObject({ "grpc-encoding": "gzip" });
    expect([takes.body[0], gunzipSync(takes.body.subarray(5)).toString()]).toEqual([1, "packed"]);
    const deflated = await ask(
      server.address,
      request("/t/Gzip", ["grpc-encoding", "deflate"], ["grpc-accept-encoding", "deflate"]),
      message(deflateSync("packed"), { flag: 1 }),
    );
    expect([deflated.body[0], deflated.body.toString("utf8", 5)]).toEqual([0, "packed"]);
    const takesNot = await ask(server.address, request("/t/Gzip"), message("plain"));
    expect([takesNot.body[0], takesNot.body.toString("utf8", 5)]).toEqual([0, "plain"]);
    const both = await callUnary(await dial(server.address), "/t/Gzip", Buffer.from("both ways"), {
      compress: true,
    });
    expect([both.message?.toString(), both.compressed]).toEqual(["both ways", true]);
    expect(seen).toEqual([true, true, false, true]);
  });

  test("15. silent, half-said and endless openings are ended by their timeouts; five hundred at once", async () => {
    const server = await serve({ limits: { prefaceTimeoutMs: 200, headersTimeoutMs: 200 } });
    const openings = [
      Buffer.alloc(0),
      CLIENT_PREFACE.subarray(0, 5),
      CLIENT_PREFACE,
      Buffer.concat([
        CLIENT_PREFACE,
        settings(),
        headers(1, request("/t/Hold"), { endHeaders: false }),
      ]),
    ];
    const peers = await Promise.all(times(500, () => connectRaw(server.address)));
    for (const [at, peer] of peers.entries()) peer.send(openings[at % 4] as Buffer);
    for (const peer of peers) await eventually(() => expect(peer.ended).toBe(true));
    await server.neighbour();
  });

  test("16. a stream whose client does not read stops its generator", async () => {
    let sent = 0;
    const address = await serveTests({
      async *serverStream() {
        for (; sent < 4_096; sent++) yield testMessage({ payload: new Uint8Array(64 * 1024) });
      },
    });
    const peer = await greetRaw(address);
    peer.send(
      headers(1, request(UNARY.replace("Unary", "ServerStream"))),
      data(1, message(), true),
    );
    await peer.until("DATA", ({ type }) => type === DATA);
    for (let turn = 0; turn < 20; turn++) await peer.roundTrip();
    expect(sent).toBeLessThan(32);
  });

  test("16. below the library too: who writes on against advice holds no more than the generator that waits", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address, settings([4, 0]));
    const memory = watchMemory();
    peer.send(headers(1, request("/t/Endless")), data(1, message(), true));
    for (let turn = 0; turn < 20; turn++) await peer.roundTrip();
    expect(memory.stop()).toBeLessThan(40 * MIB);
  });

  test("17. good calls are not told that they were cancelled", async () => {
    let aborts = 0;
    const address = await serveTests({
      async unary(_request, call) {
        call.signal.addEventListener("abort", () => aborts++);
        return testMessage();
      },
    });
    const server = await serve();
    const connection = await dial(server.address);
    for (let call = 0; call < 200; call++) await callUnary(connection, "/t/Echo");
    const library = await dial(address);
    for (let call = 0; call < 200; call++)
      expect((await callUnary(library, UNARY)).end.code).toBe(StatusNumber.OK);
    expect(server.calls.filter(({ cancelled }) => cancelled !== undefined)).toEqual([]);
    expect(aborts).toBe(0);
  });

  test("18. a rapid reset with whole requests is cut off, and a connection beside it goes on responding", async () => {
    const server = await serve({ limits: { maxResetsPerSecond: 500 } });
    const neighbour = await dial(server.address);
    const peer = await greetRaw(server.address);
    let beside = 0;
    for (let turn = 0; turn < 40 && !peer.ended; turn++) {
      peer.send(
        ...times(500, (at) => {
          const id = (turn * 500 + at) * 2 + 1;
          return Buffer.concat([
            headers(id, request("/t/Hold")),
            data(id, message("whole"), true),
            reset(id),
          ]);
        }),
      );
      expect((await callUnary(neighbour, "/t/Echo")).end.code).toBe(StatusNumber.OK);
      beside++;
    }
    await peer.dies(CODE.ENHANCE_YOUR_CALM);
    expect(beside).toBeGreaterThan(0);
    const holds = server.calls.filter(({ call }) => call.path === "/t/Hold");
    expect(holds.length).toBeLessThan(5_000);
    expect(holds.filter(({ cancelled }) => cancelled === undefined)).toEqual([]);
  });

  test("19. a reset after the response's head finishes a call whose request is still being sent", async () => {
    const { end } = await responded(
      (id) => [headers(id, responseHead()), reset(id, CODE.NO_ERROR)],
      Buffer.alloc(3 * MIB),
    );
    expect(end).toMatchObject({ code: StatusNumber.INTERNAL, origin: "local", outcome: "unknown" });
  });

  for (const count of [2, 3, 50]) {
    test(`19. ${count} messages to a unary call finish it, with and without trailers`, async () => {
      for (const trailers of [true, false]) {
        const many = Buffer.concat(times(count, () => message("one")));
        const { end } = await responded((id) => [
          headers(id, responseHead()),
          data(id, many),
          ...(trailers ? [headers(id, OK, { endStream: true })] : []),
        ]);
        expect(end).toMatchObject({
          code: StatusNumber.INTERNAL,
          origin: "local",
          message: expect.stringContaining("more than one message"),
        });
      }
    });
  }

  for (const status of ["abc", "99", "17", "-1", "1.0", "", " 0", "0x1"]) {
    test(`20. a grpc-status of ${JSON.stringify(status)} is UNKNOWN, or malformed`, async () => {
      const { end } = await responded((id) => [
        headers(id, [...responseHead(), ["grpc-status", status]], { endStream: true }),
      ]);
      expect(end.code).toBe(status === " 0" ? StatusNumber.INTERNAL : StatusNumber.UNKNOWN);
    });
  }

  test("20. a page of HTML with 200 is UNKNOWN, and the text says what came", async () => {
    const { end } = await responded((id) => [
      headers(id, [
        [":status", "200"],
        ["content-type", "text/html"],
      ]),
      data(id, Buffer.from("<html>"), true),
    ]);
    expect(end).toMatchObject({
      code: StatusNumber.UNKNOWN,
      message: "the peer is not a gRPC server: HTTP status 200, content-type text/html",
    });
  });
});

test("26. __proto__ as a key of a protobuf map changes no prototype", async () => {
  const maps: Record<string, string>[] = [];
  const address = await serveTests({
    async unary({ labels }) {
      maps.push(labels);
      return testMessage({ labels });
    },
  });
  const bytes = Buffer.from(
    UnaryRequest.encode(
      UnaryRequest.fromPartial({ labels: { __prot0__: "x", plain: "y" } }),
    ).finish(),
  );
  const hostile = Buffer.from(bytes.toString("latin1").replace("__prot0__", "__proto__"), "latin1");
  expect((await ask(address, request(UNARY), message(hostile))).status).toBe("0");
  expect(maps[0]?.["plain"]).toBe("y");
  expect(Object.getPrototypeOf(maps[0])).toBe(Object.prototype);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("30. five hundred connections at rest hold no write buffers", async () => {
  const server = await serve();
  await server.neighbour();
  const before = heldBytes();
  const peers = await Promise.all(times(500, () => greetRaw(server.address)));
  for (const peer of peers)
    peer.send(headers(1, request("/t/Echo")), data(1, message("once"), true));
  for (const peer of peers) await peer.response(1);
  await eventually(() => expect(heldBytes() - before).toBeLessThan(16 * MIB));
});

describe("24. messages split and joined", () => {
  const bytes = Buffer.concat([
    message("one"),
    message(""),
    message("three"),
    message(Buffer.alloc(40_000, "x")),
  ]);
  const texts = ["one", "", "three", "x".repeat(40_000)];

  for (const step of [1, 3, 5, 16_384]) {
    test(`24. in DATA frames of ${step}, at both sides`, async () => {
      const parts = (id: number): Buffer =>
        Buffer.concat(
          times(Math.ceil(bytes.length / step), (at) =>
            data(id, bytes.subarray(at * step, (at + 1) * step)),
          ),
        );
      const server = await serve();
      const peer = await greetRaw(server.address);
      peer.send(headers(1, request("/t/Hold")), parts(1), data(1, Buffer.alloc(0), true));
      await eventually(() => expect(server.calls[0]?.halfClosed).toBe(true));
      expect(server.calls[0]?.messages.map(String)).toEqual(texts);
      const address = await respondRaw((one, id) =>
        one.send(headers(id, responseHead()), parts(id), headers(id, OK, { endStream: true })),
      );
      const call = callStream(await dial(address), "/t/Echo");
      expect((await call.done()).code).toBe(StatusNumber.OK);
      expect(call.messages.map(String)).toEqual(texts);
    });
  }

  test("24. the bytes of a connection one by one", async () => {
    const peer = await connectRaw((await serve()).address);
    const all = Buffer.concat([
      CLIENT_PREFACE,
      settings(),
      headers(1, request("/t/Echo")),
      paddedData(1, message("drop by drop"), 7),
      continuationOf(3),
      data(1, Buffer.alloc(0), true),
    ]);
    for (const byte of all) {
      peer.send(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await peer.response(1)).body.toString()).toContain("drop by drop");
  });

  test("24. none or two messages for a unary call", async () => {
    const address = await serveTests({});
    expect((await ask(address, request(UNARY))).status).toBe(String(StatusNumber.UNIMPLEMENTED));
    expect((await ask(address, request(UNARY), message(), message())).status).toBe(
      String(StatusNumber.UNIMPLEMENTED),
    );
    const none = await responded((id) => [
      headers(id, responseHead()),
      headers(id, OK, { endStream: true }),
    ]);
    expect(none.end).toMatchObject({
      code: StatusNumber.INTERNAL,
      message: "the response of a unary call has no message",
    });
  });

  test("24. a stream's error status behind messages is told behind them", async () => {
    const address = await respondRaw((peer: RawPeer, id) =>
      peer.send(
        headers(id, responseHead()),
        inFrames(id, bytes),
        headers(id, [["grpc-status", "10"]], { endStream: true }),
      ),
    );
    const call = callStream(await dial(address), "/t/Echo", 1);
    await eventually(() => expect(call.messages).toHaveLength(1));
    call.handle.pull(3);
    expect((await call.done()).code).toBe(StatusNumber.ABORTED);
    expect(call.messages).toHaveLength(4);
  });
});

/** A call of its own whose head comes in two parts. */
function continuationOf(streamId: number): Buffer {
  return Buffer.concat([
    headers(streamId, Buffer.alloc(0), { endHeaders: false }),
    continuation(streamId, headers(streamId, request("/t/Hold")).subarray(9), true),
    windowUpdate(streamId, 1),
  ]);
}
