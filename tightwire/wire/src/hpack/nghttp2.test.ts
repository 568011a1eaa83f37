import { once } from "node:events";
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { FrameReader } from "../frames/frame-reader.js";
import { HpackDecoder } from "./decoder.js";
import { HpackEncoder } from "./encoder.js";

const NONE = (): void => {};

/** Numbers that look random and are the same every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Sends header lists with Node's HTTP/2 client, whose HPACK is nghttp2's, and gives them as our
 * decoder reads them.
 */
async function throughNghttp2(
  lists: readonly Readonly<Record<string, string>>[],
): Promise<Map<string, string>[]> {
  const decoder = new HpackDecoder();
  const read: Map<string, string>[] = [];
  let part = Buffer.alloc(0);
  const take = (flags: number, bytes: Buffer, start: number, end: number): void => {
    part = Buffer.concat([part, bytes.subarray(start, end)]);
    if ((flags & 4) === 0) return;
    const fields = new Map<string, string>();
    decoder.decode(part, 0, part.length, { field: (name, value) => void fields.set(name, value) });
    read.push(fields);
    part = Buffer.alloc(0);
  };
  const reader = new FrameReader({
    closed: false,
    data: NONE,
    reset: NONE,
    settings: NONE,
    settingsAcknowledged: NONE,
    ping: NONE,
    goaway: NONE,
    windowUpdate: NONE,
    streamFault: NONE,
    headers: (_id, flags, bytes, start, end) => take(flags, bytes, start, end),
    continuation: (_id, flags, bytes, start, end) => take(flags, bytes, start, end),
  });
  let skip = 24;
  const server = createServer((socket) => {
    socket.on("error", NONE).write(Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0));
    socket.on("data", (bytes: Buffer) => {
      const skipped = Math.min(skip, bytes.length);
      skip -= skipped;
      reader.push(bytes.subarray(skipped));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on(
    "error",
    NONE,
  );
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  for (const list of lists)
    client.request({ ":path": "/", ...list }, { endStream: true }).on("error", NONE);
  await expect.poll(() => read.length, { timeout: 5_000, interval: 2 }).toBe(lists.length);
  return read;
}

test("nghttp2 encodes, we decode: every byte that it takes, alone and together", async () => {
  // Node ends texts at NUL.
  const bytes = Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1));
  const values = [...bytes.map((byte) => `a${byte}a`), bytes.join(""), bytes.join("").repeat(10)];
  const read = await throughNghttp2(values.map((value) => ({ "x-value": value })));
  expect(read.map((fields) => fields.get("x-value"))).toEqual(values);
});

test("nghttp2 encodes, we decode: random lists, which fill and turn its table", async () => {
  const random = createRandom(7);
  const lists = Array.from({ length: 300 }, () =>
    Object.fromEntries(
      Array.from({ length: 1 + random(12) }, () => [
        `x-${random(40)}`,
        Array.from({ length: random(4) === 0 ? random(600) : random(20) }, () =>
          String.fromCharCode(33 + random(94)),
        ).join(""),
      ]),
    ),
  );
  const read = await throughNghttp2(lists);
  expect(
    read.map((fields) => Object.fromEntries([...fields].filter(([name]) => name.startsWith("x-")))),
  ).toEqual(lists);
});

/**
 * Sends header lists with our encoder to Node's HTTP/2 server, and gives them as nghttp2 reads
 * them.
 */
async function toNghttp2(
  lists: readonly (readonly [string, string])[][],
  peerTable?: number,
): Promise<IncomingHttpHeaders[]> {
  const read = new Map<number, IncomingHttpHeaders>();
  const server = createHttp2Server(
    peerTable === undefined ? {} : { settings: { headerTableSize: peerTable } },
  );
  server.on(
    "stream",
    (stream: ServerHttp2Stream, headers) => void read.set(stream.id as number, headers),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket: Socket = connect((server.address() as AddressInfo).port, "127.0.0.1")
    .on("error", NONE)
    .resume();
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, "connect");
  socket.write(
    Buffer.concat([
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0),
    ]),
  );
  await once(socket, "data");
  socket.write(Buffer.of(0, 0, 0, 4, 1, 0, 0, 0, 0));
  const encoder = new HpackEncoder();
  if (peerTable !== undefined) encoder.setPeerLimit(peerTable);
  for (const [at, list] of lists.entries()) {
    encoder.out = Buffer.alloc(16_384);
    encoder.at = 9;
    encoder.begin();
    for (const [name, value] of [
      [":method", "POST"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "a"],
    ] as const)
      encoder.repeated(name, value);
    for (const [field, [name, value]] of list.entries()) {
      if (field % 3 === 0) encoder.repeated(name, value);
      else if (field % 3 === 1) encoder.literal(name, value);
      else encoder.secret(name, value);
    }
    encoder.out.writeUIntBE(encoder.at - 9, 0, 3);
    encoder.out[3] = 1;
    encoder.out[4] = 5;
    encoder.out.writeUInt32BE(at * 2 + 1, 5);
    socket.write(encoder.out.subarray(0, encoder.at));
  }
  await expect.poll(() => read.size, { timeout: 5_000, interval: 2 }).toBe(lists.length);
  return lists.map((_, at) => read.get(at * 2 + 1) as IncomingHttpHeaders);
}

for (const table of [undefined, 0, 100]) {
  test(`we encode, nghttp2 decodes: every byte of a field, and random lists, with its table ${table === undefined ? "as it is" : `of ${table}`}`, async () => {
    const bytes = Array.from({ length: 256 }, (_, at) => String.fromCharCode(at)).filter((byte) =>
      /[\t\x20-\x7e\x80-\xff]/.test(byte),
    );
    const random = createRandom(11);
    const lists = [
      ...bytes.map((byte): [string, string][] => [
        ["x-0", "-"],
        ["x-1", `a${byte}a`],
        ["x-2", `b${byte}b`],
      ]),
      ...Array.from({ length: 100 }, () => {
        const names = new Set(Array.from({ length: 1 + random(9) }, () => `x-${random(30)}`));
        return [...names].map((name): [string, string] => [
          name,
          `v${random(20)}${"y".repeat(random(200))}`,
        ]);
      }),
    ];
    const read = await toNghttp2(lists, table);
    expect(
      read.map((headers) =>
        Object.entries(headers)
          .filter(([name]) => name.startsWith("x-"))
          .sort(),
      ),
    ).toEqual(lists.map((list) => [...list].sort()));
  });
}
