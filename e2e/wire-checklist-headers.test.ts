import { Metadata } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import { eventually } from "@tightwire/testing";
import { describe, expect, test } from "vitest";
import {
  type RawField,
  rawBlock,
  rawIndexed,
  rawInteger,
  rawLiteral,
  rawString,
  rawTableSize,
} from "./raw-hpack.js";
import {
  CODE,
  continuation,
  data,
  greetRaw,
  HEADERS,
  headers,
  message,
  type RawPeer,
  RST_STREAM,
  request,
  reset,
  respondRaw,
  responseHead,
  settings,
} from "./raw-peer.js";
import { callUnary, dial, serve, type UnaryEnd } from "./wire-stage.js";

/** A request whose `:path` is a field of the table, or enters it. */
function requestWith(path: Buffer): Buffer {
  const fields = request("");
  return Buffer.concat([rawBlock(fields.slice(0, 2)), path, rawBlock(fields.slice(3))]);
}
const INDEXING: Buffer = requestWith(rawLiteral([":path", "/t/Echo"], "indexed"));
const BY_TABLE: Buffer = requestWith(rawIndexed(62));
const TRAILERS: readonly RawField[] = [["grpc-status", "0"]];

/** Shows that the first entry of the table is `/t/Echo`, by a call. */
async function expectTable(peer: RawPeer, streamId: number): Promise<void> {
  peer.send(headers(streamId, BY_TABLE), data(streamId, message("by table"), true));
  expect((await peer.response(streamId)).body.toString()).toContain("by table");
}

/** Calls our client's way a server whose response is `blocks`, the last of them its end. */
async function respondedBy(
  ...blocks: readonly (Buffer | readonly RawField[])[]
): Promise<UnaryEnd> {
  const address = await respondRaw((peer, streamId) =>
    peer.send(
      ...blocks.map((block, at) =>
        headers(streamId, block, { endStream: at === blocks.length - 1 }),
      ),
    ),
  );
  return await callUnary(await dial(address), "/t/Echo");
}

describe("1. header blocks are decoded whatever becomes of their streams", () => {
  test("1. header blocks of refused streams are still decoded", async () => {
    const server = await serve({ limits: { maxConcurrentStreams: 1 } });
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Hold")), headers(3, INDEXING));
    await peer.streamDies(3, CODE.REFUSED_STREAM);
    peer.send(reset(1));
    await expectTable(peer, 5);
  });

  test("1. and those of malformed requests", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(
      headers(1, Buffer.concat([INDEXING, rawLiteral(["UPPER", "case"])]), { endStream: true }),
    );
    await peer.streamDies(1, CODE.PROTOCOL_ERROR);
    await expectTable(peer, 3);
  });

  test("1. and those of lists that are too large, to their end", async () => {
    const peer = await greetRaw((await serve({ limits: { maxHeaderListBytes: 1_000 } })).address);
    const large = rawBlock([["large", "x".repeat(1_000)]]);
    peer.send(
      headers(
        1,
        Buffer.concat([
          requestWith(rawLiteral([":path", "/t/Hold"])),
          large,
          rawLiteral([":path", "/t/Echo"], "indexed"),
        ]),
      ),
    );
    expect((await peer.response(1)).status).toBe(String(StatusNumber.RESOURCE_EXHAUSTED));
    await expectTable(peer, 3);
  });

  test("1. and those of trailers on a stream that was reset", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Early")));
    expect((await peer.response(1)).resetCode).toBe(CODE.NO_ERROR);
    peer.send(headers(1, rawLiteral([":path", "/t/Echo"], "indexed"), { endStream: true }));
    await expectTable(peer, 3);
  });

  test("1. and those of streams above the last one after GOAWAY", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Hold")));
    await peer.roundTrip();
    void server.listener.drain(5_000);
    await peer.until("PING", ({ type }) => type === 6);
    peer.send(Buffer.from([0, 0, 8, 6, 1, 0, 0, 0, 0]), Buffer.from("draining"));
    await peer.until(
      "the last GOAWAY",
      ({ type, payload }) => type === 7 && payload.readUInt32BE(0) === 1,
    );
    peer.send(headers(3, INDEXING, { endStream: true }));
    await peer.roundTrip();
    expect(peer.frames.some(({ streamId }) => streamId === 3)).toBe(false);
    expect(server.calls).toHaveLength(1);
  });

  test("1. our client decodes the response to a call that it cancelled", async () => {
    const status = rawLiteral(["grpc-status", "0"], "indexed");
    const address = await respondRaw(async (peer, streamId) => {
      if (streamId === 1) {
        await peer.until("RST_STREAM", ({ type }) => type === RST_STREAM);
        peer.send(
          headers(
            1,
            Buffer.concat([
              rawBlock(responseHead()),
              rawLiteral(["x-table", "yes"], "indexed"),
              status,
            ]),
            { endStream: true },
          ),
        );
      } else {
        peer.send(headers(streamId, Buffer.concat([rawBlock(responseHead()), rawIndexed(63)])));
        peer.send(
          data(streamId, message("ok")),
          headers(streamId, rawIndexed(62), { endStream: true }),
        );
      }
    });
    const connection = await dial(address);
    const cancelled = new Promise<number>((resolve) => {
      const handle = connection.unary(
        {
          path: "/t/Echo",
          metadata: new Metadata(),
          deadline: Number.POSITIVE_INFINITY,
          compress: false,
          previousAttempts: 0,
        },
        new Uint8Array(),
        { finished: ({ code }) => resolve(code) },
      );
      handle.cancel({ code: StatusNumber.CANCELLED, message: "" });
    });
    expect(await cancelled).toBe(StatusNumber.CANCELLED);
    const { end } = await callUnary(connection, "/t/Echo");
    expect([end.code, end.headers?.get("x-table")]).toEqual([StatusNumber.OK, "yes"]);
  });

  for (const [what, block] of [
    ["an index past the table", rawIndexed(62)],
    ["index 0", Buffer.of(0x80)],
    [
      "a string that ends behind the block",
      Buffer.concat([Buffer.of(0), rawInteger(0, 7, 200), Buffer.from("short")]),
    ],
    ["a number of six bytes", Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)],
    [
      "the end-of-string code of Huffman",
      Buffer.concat([
        Buffer.of(0),
        rawInteger(0x80, 7, 4),
        Buffer.of(0xff, 0xff, 0xff, 0xff),
        rawString("x"),
      ]),
    ],
    ["a table larger than was allowed", rawTableSize(4_097)],
    [
      "a change of the table size inside a block",
      Buffer.concat([rawBlock(request("/t/Echo")), rawTableSize(100)]),
    ],
    [
      "three changes of the table size",
      Buffer.concat([rawTableSize(1), rawTableSize(2), rawTableSize(3)]),
    ],
  ] as const) {
    test(`1. ${what} is COMPRESSION_ERROR for the connection, at the server`, async () => {
      const server = await serve();
      const peer = await greetRaw(server.address);
      peer.send(headers(1, block));
      await peer.dies(CODE.COMPRESSION_ERROR);
      await server.neighbour();
      expect(server.calls).toHaveLength(1);
    });

    test(`1. ${what} is COMPRESSION_ERROR for the connection, at the client`, async () => {
      let peerOfClient: RawPeer | undefined;
      const address = await respondRaw((peer, streamId) => {
        peerOfClient = peer;
        peer.send(headers(streamId, block));
      });
      const { end } = await callUnary(await dial(address), "/t/Echo");
      expect(end).toMatchObject({
        code: StatusNumber.UNAVAILABLE,
        origin: "local",
        outcome: "unknown",
      });
      expect(end.message).toContain("COMPRESSION_ERROR");
      await peerOfClient?.dies(CODE.COMPRESSION_ERROR);
    });
  }
});

describe("2. no memory of header blocks that means something else later", () => {
  test("2. the same bytes mean other fields after the table has changed", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    const withUser = (user: Buffer): Buffer => Buffer.concat([rawBlock(request("/t/Echo")), user]);
    const same = withUser(rawIndexed(62));
    for (const [call, user] of ["alice", "bob", "carol"].entries()) {
      peer.send(
        headers(call * 4 + 1, withUser(rawLiteral(["x-user", user], "indexed"))),
        data(call * 4 + 1, message(), true),
      );
      peer.send(headers(call * 4 + 3, same), data(call * 4 + 3, message(), true));
    }
    await peer.response(11);
    expect(server.calls.map(({ call }) => call.metadata.get("x-user"))).toEqual([
      "alice",
      "alice",
      "bob",
      "bob",
      "carol",
      "carol",
    ]);
  });

  test("2. our client's heads stay right while its table fills, empties and shrinks", async () => {
    let peerOfClient: RawPeer | undefined;
    const address = await respondRaw((peer, streamId) => {
      peerOfClient = peer;
      if (streamId === 201) peer.send(settings([1, 0]));
      if (streamId === 401) peer.send(settings([1, 100]), settings([1, 4_096]));
      peer.send(headers(streamId, [...responseHead(), ...TRAILERS], { endStream: true }));
    });
    const connection = await dial(address);
    const paths = Array.from({ length: 300 }, (_, call) => `/package.Service${call % 90}/Method`);
    for (const path of paths) await callUnary(connection, path);
    const heads = peerOfClient?.frames.filter(({ type }) => type === HEADERS) ?? [];
    expect(heads.map(({ fields }) => fields?.find(({ name }) => name === ":path")?.value)).toEqual(
      paths,
    );
    expect(
      new Set(heads.map(({ fields }) => fields?.find(({ name }) => name === "user-agent")?.value)),
    ).toEqual(new Set(["tightwire"]));
    expect(peerOfClient?.decoder.sizes).toEqual([0, 0, 4_096]);
  });
});

describe("3. changes of the table size", () => {
  test("3. the smallest and the last at a block's start are taken", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    peer.send(headers(1, INDEXING), data(1, message(), true));
    const emptied = Buffer.concat([
      rawTableSize(0),
      rawTableSize(4_096),
      requestWith(rawLiteral([":path", "/t/Echo"], "indexed")),
    ]);
    peer.send(headers(3, emptied), data(3, message(), true));
    await expectTable(peer, 5);
    peer.send(headers(7, requestWith(rawIndexed(63))));
    await peer.dies(CODE.COMPRESSION_ERROR);
  });

  test("3. the encoder of our server obeys a peer's 0", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address, settings([1, 0]));
    for (const streamId of [1, 3]) {
      peer.send(headers(streamId, request("/t/Echo")), data(streamId, message(), true));
      expect((await peer.response(streamId)).status).toBe("0");
    }
    expect(peer.decoder.sizes).toEqual([0]);
    expect(
      peer.frames.flatMap(({ fields }) => fields ?? []).filter(({ how }) => how === "indexed"),
    ).toEqual([]);
  });
});

describe("6. what is never to be in a table", () => {
  test("6. our client never indexes credentials, and keeps values of single calls out of the table", async () => {
    let peerOfClient: RawPeer | undefined;
    const address = await respondRaw((peer, streamId) => {
      peerOfClient = peer;
      peer.send(headers(streamId, [...responseHead(), ...TRAILERS], { endStream: true }));
    });
    const connection = await dial(address);
    const metadata = new Metadata({
      authorization: "Bearer secret",
      cookie: "c=1",
      traceparent: "00-1-2-01",
      "x-request": "1",
      "b-bin": Uint8Array.of(1),
    });
    for (let call = 0; call < 3; call++)
      await callUnary(connection, "/t/Echo", undefined, {
        metadata,
        deadline: performance.now() + 60_000,
      });
    const heads = peerOfClient?.frames.filter(({ type }) => type === HEADERS) ?? [];
    for (const { fields } of heads) {
      const how = Object.fromEntries((fields ?? []).map(({ name, how: way }) => [name, way]));
      expect(how).toMatchObject({
        authorization: "never",
        cookie: "never",
        traceparent: "plain",
        "x-request": "plain",
        "b-bin": "plain",
        "grpc-timeout": "plain",
      });
    }
    expect(heads.at(-1)?.fields?.filter(({ how }) => how === "indexed")).toEqual([]);
  });

  test("6. nor does our server", async () => {
    const server = await serve(
      {},
      {
        "/t/Cookie": ({ call }) => ({
          start() {
            call.respond(
              new Metadata({ "set-cookie": "s=1", "x-one": "1" }),
              new Uint8Array(),
              new Metadata({ authorization: "x", "x-two": "2" }),
              false,
            );
            call.handlerFinished();
          },
        }),
      },
    );
    const peer = await greetRaw(server.address);
    peer.send(headers(1, request("/t/Cookie"), { endStream: true }));
    await peer.response(1);
    const how = Object.fromEntries(
      peer.frames.flatMap(({ fields }) => fields ?? []).map((field) => [field.name, field.how]),
    );
    expect(how).toMatchObject({
      "set-cookie": "never",
      authorization: "never",
      "x-one": "plain",
      "x-two": "plain",
    });
  });
});

/** Heads of requests that break a rule. */
const MALFORMED: readonly (readonly [rule: string, number: number, fields: readonly RawField[]])[] =
  [
    ["a name in upper case", 7, request("/t/Echo", ["Upper", "x"])],
    ["an empty name", 7, request("/t/Echo", ["", "x"])],
    ["a name with a space", 7, request("/t/Echo", ["a b", "x"])],
    ["a name with a control byte", 7, request("/t/Echo", ["a\x01b", "x"])],
    ["a name with a byte above 0x7f", 7, request("/t/Echo", ["a\xe9", "x"])],
    ["a name with a colon inside", 7, request("/t/Echo", ["a:b", "x"])],
    ["NUL in a value", 7, request("/t/Echo", ["x-value", "a\0b"])],
    ["CR in a value", 7, request("/t/Echo", ["x-value", "a\rb"])],
    ["LF in a value", 7, request("/t/Echo", ["x-value", "a\nb"])],
    ["a space at a value's start", 7, request("/t/Echo", ["x-value", " a"])],
    ["a tab at a value's end", 7, request("/t/Echo", ["x-value", "a\t"])],
    ["CR LF in :path", 7, request("/t/Echo\r\nx: y")],
    ["a pseudo-field behind other fields", 7, [...request("/t/Echo"), [":authority", "late"]]],
    ["a pseudo-field twice", 7, [[":path", "/t/Echo"], ...request("/t/Echo")]],
    ["an unknown pseudo-field", 7, [[":protocol", "websocket"], ...request("/t/Echo")]],
    [":status in a request", 7, [[":status", "200"], ...request("/t/Echo")]],
    ["te with another value than trailers", 7, request("/t/Echo", ["te", "trailers, deflate"])],
    ...["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].map(
      (name): readonly [string, number, RawField[]] => [
        `the field ${name}`,
        7,
        request("/t/Echo", [name, "x"]),
      ],
    ),
    ["no :method", 8, request("/t/Echo").filter(([name]) => name !== ":method")],
    ["no :scheme", 9, request("/t/Echo").filter(([name]) => name !== ":scheme")],
    ["no :path", 9, request("/t/Echo").filter(([name]) => name !== ":path")],
    ["an empty :path", 9, request("")],
    [
      "CONNECT",
      9,
      [
        [":method", "CONNECT"],
        [":authority", "x:1"],
      ],
    ],
    [
      "a host that is not :authority",
      9,
      [[":authority", "a"], ...request("/t/Echo", ["host", "b"])],
    ],
    [
      "two hosts, of which the last is :authority",
      9,
      [[":authority", "a"], ...request("/t/Echo", ["host", "b"], ["host", "a"])],
    ],
    ["no fields at all", 8, []],
    ["a content-length that is no number", 10, request("/t/Echo", ["content-length", "1e3"])],
    ["a negative content-length", 10, request("/t/Echo", ["content-length", "-1"])],
    ["two lengths", 10, request("/t/Echo", ["content-length", "5"], ["content-length", "6"])],
  ];

describe("7 to 10. malformed requests", () => {
  for (const [rule, number, fields] of MALFORMED) {
    test(`${number}. ${rule} resets the stream, not the connection`, async () => {
      const server = await serve();
      const peer = await greetRaw(server.address);
      peer.send(headers(1, fields));
      await peer.streamDies(1, CODE.PROTOCOL_ERROR);
      peer.send(headers(3, request("/t/Echo")), data(3, message("still here"), true));
      expect((await peer.response(3)).status).toBe("0");
      expect(server.calls).toHaveLength(1);
    });
  }

  test("9. any scheme is taken, and a path that no method has is UNIMPLEMENTED", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    const schemed = request("/t/Echo").map(
      ([name, value]): RawField => [name, name === ":scheme" ? "https" : value],
    );
    peer.send(headers(1, schemed), data(1, message(), true));
    expect((await peer.response(1)).status).toBe("0");
    for (const [call, path] of [
      "*",
      "t/Echo",
      "/",
      "//t/Echo",
      "/t/Echo/",
      "/t/Echo?x=y",
      "http://a/t/Echo",
    ].entries()) {
      peer.send(headers(call * 2 + 3, request(path), { endStream: true }));
      expect((await peer.response(call * 2 + 3)).status).toBe(String(StatusNumber.UNIMPLEMENTED));
    }
    expect(server.calls).toHaveLength(1);
  });

  test("7. a good request with many kinds of value is taken", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    const value = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
      .filter((byte) => /[\t\x20-\x7e\x80-\xff]/.test(byte))
      .join("");
    peer.send(
      headers(1, [
        [":authority", "a"],
        ...request("/t/Echo", ["host", "a"], ["x-value", `a${value}a`], ["x-empty", ""]),
      ]),
      data(1, message(), true),
    );
    expect((await peer.response(1)).status).toBe("0");
    expect(server.calls[0]?.call.metadata.get("x-value")).toBe(`a${value}a`);
  });

  for (const [what, fields] of [
    ["a pseudo-field", [[":path", "/t/Echo"]]],
    ["a name in upper case", [["Upper", "x"]]],
    ["a connection field", [["connection", "close"]]],
  ] as const satisfies readonly (readonly [string, readonly RawField[]])[]) {
    test(`7. ${what} in a request's trailers resets the stream`, async () => {
      const server = await serve();
      const peer = await greetRaw(server.address);
      peer.send(
        headers(1, request("/t/Echo")),
        data(1, message()),
        headers(1, fields, { endStream: true }),
      );
      await peer.streamDies(1, CODE.PROTOCOL_ERROR);
      expect(server.calls[0]).toMatchObject({ halfClosed: false });
      await eventually(() => expect(server.calls[0]?.cancelled).toBeDefined());
    });
  }

  test("7. good trailers of a request end it", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(
      headers(1, request("/t/Echo")),
      data(1, message("with trailers")),
      headers(1, [["x-checksum", "1"]], { endStream: true }),
    );
    expect((await peer.response(1)).status).toBe("0");
  });

  test("8. trailers without END_STREAM reset the stream", async () => {
    const peer = await greetRaw((await serve()).address);
    peer.send(headers(1, request("/t/Echo")), headers(1, request("/t/Echo")));
    await peer.streamDies(1, CODE.PROTOCOL_ERROR);
  });

  for (const [what, ...frames] of [
    [
      "less DATA than content-length",
      headers(1, request("/t/Echo", ["content-length", "9"])),
      data(1, message("abc"), true),
    ],
    [
      "more DATA than content-length",
      headers(1, request("/t/Echo", ["content-length", "7"])),
      data(1, message("abc")),
    ],
    [
      "more DATA than content-length, over two frames",
      headers(1, request("/t/Echo", ["content-length", "9"])),
      data(1, message("abc")),
      data(1, message("abc")),
    ],
    [
      "a content-length and END_STREAM on HEADERS",
      headers(1, request("/t/Echo", ["content-length", "1"]), { endStream: true }),
    ],
    [
      "less DATA than content-length before trailers",
      headers(1, request("/t/Echo", ["content-length", "9"])),
      data(1, message("abc")),
      headers(1, [["x", "y"]], { endStream: true }),
    ],
  ] as readonly (readonly [string, ...Buffer[]])[]) {
    test(`10. ${what} resets the stream`, async () => {
      const server = await serve();
      const peer = await greetRaw(server.address);
      peer.send(...frames);
      await peer.streamDies(1, CODE.PROTOCOL_ERROR);
      expect(server.calls.filter(({ halfClosed }) => halfClosed)).toEqual([]);
    });
  }

  test("10. a content-length that is kept is taken, split over frames and 0 on HEADERS", async () => {
    const peer = await greetRaw((await serve()).address);
    const whole = message("abcd");
    peer.send(
      headers(1, request("/t/Echo", ["content-length", "9"])),
      data(1, whole.subarray(0, 3)),
      data(1, whole.subarray(3), true),
    );
    expect((await peer.response(1)).status).toBe("0");
    peer.send(headers(3, request("/t/Echo", ["content-length", "0"]), { endStream: true }));
    expect((await peer.response(3)).status).toBe("0");
  });
});

const NOT_FOUND: readonly RawField[] = [["grpc-status", "5"]];

describe("7 to 10. malformed responses", () => {
  for (const [rule, blocks] of [
    ["7. a name in upper case", [[...responseHead(["Upper", "x"]), ...NOT_FOUND]]],
    ["7. NUL in a value", [[...responseHead(["x", "a\0b"]), ...NOT_FOUND]]],
    ["7. a pseudo-field of requests", [[[":path", "/"], ...responseHead(), ...NOT_FOUND]]],
    ["7. :status twice", [[[":status", "200"], ...responseHead(), ...NOT_FOUND]]],
    ["7. :status behind other fields", [[["x", "y"], [":status", "200"], ...NOT_FOUND]]],
    ["7. :status of four digits", [[[":status", "2000"], ...NOT_FOUND]]],
    ["7. :status in trailers", [responseHead(), [[":status", "200"], ...NOT_FOUND]]],
    ["7. a connection field", [[...responseHead(["connection", "close"]), ...NOT_FOUND]]],
    ["7. a connection field in trailers", [responseHead(), [...NOT_FOUND, ["upgrade", "x"]]]],
    ["7. te in a response", [[...responseHead(["te", "trailers"]), ...NOT_FOUND]]],
    ["8. no :status", [[["content-type", "application/grpc"], ...NOT_FOUND]]],
    [
      "10. a content-length and END_STREAM on HEADERS",
      [[...responseHead(["content-length", "5"]), ...NOT_FOUND]],
    ],
    [
      "10. a content-length and trailers without DATA",
      [responseHead(["content-length", "5"]), NOT_FOUND],
    ],
    [
      "10. two lengths",
      [responseHead(["content-length", "0"], ["content-length", "5"]), NOT_FOUND],
    ],
  ] as readonly (readonly [string, readonly (readonly RawField[])[]])[]) {
    test(`${rule} fails the call as INTERNAL`, async () => {
      const { end } = await respondedBy(...blocks);
      expect(end).toMatchObject({
        code: StatusNumber.INTERNAL,
        origin: "local",
        message: expect.stringContaining("the response is malformed"),
      });
    });
  }

  test("8. a malformed response does not close the connection", async () => {
    const address = await respondRaw((peer, streamId) => {
      if (streamId === 1) return peer.send(headers(1, responseHead(["Upper", "x"])));
      peer.send(
        headers(streamId, responseHead()),
        data(streamId, message("good")),
        headers(streamId, TRAILERS, { endStream: true }),
      );
    });
    const connection = await dial(address);
    expect((await callUnary(connection, "/t/Echo")).end.code).toBe(StatusNumber.INTERNAL);
    expect((await callUnary(connection, "/t/Echo")).message?.toString()).toBe("good");
  });
});

describe("26. metadata", () => {
  test("26. -bin values come padded, bare, in url form's stead empty, and several in one field", async () => {
    const server = await serve();
    const peer = await greetRaw(server.address);
    peer.send(
      headers(
        1,
        request(
          "/t/Echo",
          ["a-bin", "AQ=="],
          ["a-bin", "AQI"],
          ["a-bin", "AQID,BAUG"],
          ["a-bin", ""],
          ["__proto__", "text"],
          ["__proto__-bin", "AQ"],
        ),
      ),
      data(1, message(), true),
    );
    await peer.response(1);
    const metadata = server.calls[0]?.call.metadata as Metadata;
    expect(
      metadata.getAll("a-bin").map((bytes) => Buffer.from(bytes as Uint8Array).toString("hex")),
    ).toEqual(["01", "0102", "010203", "040506", ""]);
    expect([metadata.get("__proto__"), metadata.getBinary("__proto__-bin")]).toEqual([
      "text",
      Uint8Array.of(1),
    ]);
    expect(Object.getPrototypeOf(metadata)).toBe(Metadata.prototype);
  });

  test("26. users cannot set what belongs to the protocol, nor text that no field holds", () => {
    for (const key of [
      ":path",
      "grpc-timeout",
      "grpc-x",
      "te",
      "content-type",
      "connection",
      "host",
      "a b",
      "",
    ]) {
      expect(() => new Metadata([[key, "x"]])).toThrow(TypeError);
    }
    for (const value of ["a\nb", "a\rb", "a\0b", "é"])
      expect(() => new Metadata({ key: value })).toThrow(TypeError);
  });

  test("26. our client sends bytes without padding, and __proto__ as a name like any other", async () => {
    let sent: Record<string, string> = {};
    const address = await respondRaw((peer, streamId) => {
      sent = Object.fromEntries(
        peer.frames
          .find(({ type }) => type === HEADERS)
          ?.fields?.map(({ name, value }) => [`=${name}`, value]) ?? [],
      );
      peer.send(
        headers(
          streamId,
          [...responseHead(), ["grpc-status", "5"], ["__proto__", "back"], ["a-bin", "AQ==,Ag"]],
          { endStream: true },
        ),
      );
    });
    const metadata = new Metadata([
      ["a-bin", Uint8Array.of(1)],
      ["__proto__", "there"],
    ]);
    const { end } = await callUnary(await dial(address), "/t/Echo", undefined, { metadata });
    expect(sent).toMatchObject({ "=a-bin": "AQ", "=__proto__": "there" });
    expect(end.trailers?.get("__proto__")).toBe("back");
    expect(end.trailers?.getAll("a-bin")).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });

  test("26. a grpc-message that is percent-encoded, or not quite, is read", async () => {
    const { end } = await respondedBy([
      ...responseHead(),
      ["grpc-status", "5"],
      ["grpc-message", "caf%C3%A9 100% %zz"],
    ]);
    expect(end.message).toBe("café 100% %zz");
  });
});

test("21. a header block in many parts is the same block", async () => {
  const peer = await greetRaw((await serve()).address);
  const block = rawBlock(request("/t/Echo"));
  peer.send(
    headers(1, block.subarray(0, 1), { endHeaders: false }),
    continuation(1),
    continuation(1, block.subarray(1, 50)),
    continuation(1, block.subarray(50), true),
  );
  peer.send(data(1, message("in parts"), true));
  expect((await peer.response(1)).body.toString()).toContain("in parts");
});
