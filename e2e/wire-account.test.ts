import { gzipSync } from "node:zlib";
import type { HeldBytes } from "@tightwire/core";
import { MessageQueue, StatusNumber } from "@tightwire/core/runtime";
import { createServer } from "@tightwire/server";
import { eventually } from "@tightwire/testing";
import { wire } from "@tightwire/wire/server";
import { expect, onTestFinished, test } from "vitest";
import { rawBlock } from "./raw-hpack.js";
import {
  CODE,
  continuation,
  data,
  greetRaw,
  headers,
  message,
  ping,
  type RawPeer,
  request,
  WINDOW_UPDATE,
} from "./raw-peer.js";
import {
  type Behaviour,
  MIB,
  type SeenCall,
  type ServerOptions,
  serve,
  type WireServer,
} from "./wire-stage.js";

/** A kilobyte for each MiB that it becomes. */
const BOMB: Buffer = message(gzipSync(Buffer.alloc(4 * MIB)), { flag: 1 });
const GZIP = ["grpc-encoding", "gzip"] as const;

/** A handler that reads its requests one by one, when it is told to. */
function reader(queues: Map<SeenCall, MessageQueue<number>>): Behaviour {
  return (seen) => {
    const { call } = seen;
    const queue = new MessageQueue<number>(
      (count) => call.pull(count),
      () => {},
      (bytes) => call.hold?.(bytes),
    );
    queues.set(seen, queue);
    return {
      start: () => queue.start(),
      message: (bytes) => queue.push(bytes.length, bytes.length),
      awaits: () => queue.awaited,
      halfClosed: () => queue.end(),
      cancelled(status) {
        queue.fail(() => new Error(status.message));
        call.handlerFinished();
      },
    };
  };
}

/** What the first connection makes the server hold. */
function held({ listener }: WireServer): HeldBytes {
  const report = listener.limits?.().connections[0];
  if (report === undefined) throw new Error("no connection");
  return report.heldBytes;
}

/** How many messages reached handlers. */
function received({ calls }: WireServer): number {
  return calls.reduce((sum, { messages }) => sum + messages.length, 0);
}

/** Sends messages on streams in turn, within the windows. */
function send(peer: RawPeer, streams: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += 16_384)
    for (let stream = 0; stream < streams; stream++)
      peer.send(data(stream * 2 + 1, bytes.subarray(at, at + 16_384)));
}

async function serveReaders(limits: ServerOptions["limits"] = {}) {
  const queues = new Map<SeenCall, MessageQueue<number>>();
  const server = await serve({ limits }, { "/t/Read": reader(queues) });
  const peer = await greetRaw(server.address);
  return { server, peer, queues };
}

test("compressed messages that nobody waits for stay compressed: 40 streams, 200 messages", async () => {
  const { server, peer, queues } = await serveReaders();
  for (let stream = 0; stream < 40; stream++)
    peer.send(headers(stream * 2 + 1, request("/t/Read", GZIP)));
  for (let time = 0; time < 5; time++) send(peer, 40, BOMB);
  await peer.roundTrip();
  expect(received(server)).toBe(0);
  expect(held(server).decoded).toBe(0);
  expect(held(server).undecoded).toBeGreaterThanOrEqual(200 * BOMB.length);
  expect(held(server).undecoded).toBeLessThan(2 * 200 * BOMB.length);
  const [first] = queues.values();
  for (let time = 0; time < 5; time++)
    expect(await first?.next()).toEqual({ done: false, value: 4 * MIB });
  expect(received(server)).toBe(5);
});

test("plain messages are decoded ahead as long as there is room, and counted as objects", async () => {
  const { server, peer, queues } = await serveReaders({ maxHeldBytes: 4 * MIB });
  for (let stream = 0; stream < 20; stream++)
    peer.send(headers(stream * 2 + 1, request("/t/Read")));
  send(peer, 20, Buffer.concat(Array.from({ length: 10 }, () => message(Buffer.alloc(5_000)))));
  await peer.roundTrip();
  const { decoded, undecoded } = held(server);
  expect(decoded).toBeGreaterThan(0);
  expect(decoded).toBeLessThanOrEqual(2 * MIB);
  expect(decoded + undecoded).toBeLessThanOrEqual(4 * MIB);
  expect(server.calls.flatMap(({ cancelled }) => cancelled ?? [])).toEqual([]);
  for (const queue of queues.values())
    for (let time = 0; time < 10; time++) expect((await queue.next()).value).toBe(5_000);
  expect(held(server)).toMatchObject({ decoded: 0, undecoded: 0 });
});

test("the request of a unary call is decoded when it is complete, not before", async () => {
  const unary: Behaviour = ({ call, messages }) => ({
    start: () => call.pull(2),
    awaits: (ended) => ended || messages.length > 0,
    halfClosed() {
      call.respond(undefined, Buffer.from(String(messages[0]?.length)), undefined, false);
      call.handlerFinished();
    },
  });
  const server = await serve({}, { "/t/Unary": unary });
  const peer = await greetRaw(server.address);
  for (let call = 0; call < 100; call++)
    peer.send(headers(call * 2 + 1, request("/t/Unary", GZIP)), data(call * 2 + 1, BOMB));
  await peer.roundTrip();
  expect(received(server)).toBe(0);
  peer.send(data(1, Buffer.alloc(0), true));
  expect((await peer.response(1)).body.toString("latin1", 5)).toBe(String(4 * MIB));
  expect(received(server)).toBe(1);
  // A second message is a fault that is seen at once.
  peer.send(data(3, BOMB));
  await eventually(() => expect(server.calls[1]?.messages.length).toBe(2));
});

test("a message that a reader waits for becomes whole, however crowded the connection is", async () => {
  const { server, peer, queues } = await serveReaders({ maxHeldBytes: 6 * MIB });
  for (let stream = 0; stream < 5; stream++) peer.send(headers(stream * 2 + 1, request("/t/Read")));
  // Four streams fill more than half; the fifth gets a message larger than its window.
  send(peer, 4, message(Buffer.alloc(900_000)));
  await peer.roundTrip();
  const whole = message(Buffer.alloc(2 * MIB));
  for (let at = 0; at < MIB; at += 16_384) peer.send(data(9, whole.subarray(at, at + 16_384)));
  await peer.roundTrip();
  const credited = (): number =>
    peer.frames.filter(({ type, streamId }) => type === WINDOW_UPDATE && streamId === 9).length;
  expect(credited()).toBe(0);
  const step = [...queues.values()][4]?.next();
  await eventually(() => expect(credited()).toBeGreaterThan(0));
  for (let at = MIB; at < whole.length; at += 16_384)
    peer.send(data(9, whole.subarray(at, at + 16_384)));
  expect(await step).toEqual({ done: false, value: 2 * MIB });
  expect(server.calls.flatMap(({ cancelled }) => cancelled ?? [])).toEqual([]);
});

test("heads of calls and header blocks under way count, and are released", async () => {
  const { server, peer } = await serveReaders({ maxHeldBytes: 100_000 });
  const big = ["x", "y".repeat(8_000)] as const;
  for (let call = 0; call < 20; call++) peer.send(headers(call * 2 + 1, request("/t/Hold", big)));
  await peer.roundTrip();
  const refused = peer.frames.filter(({ fields }) =>
    fields?.some(
      ({ name, value }) =>
        name === "grpc-status" && value === String(StatusNumber.RESOURCE_EXHAUSTED),
    ),
  );
  // Eleven fit, or fewer while a frame that is not whole is counted, too.
  expect(refused.length).toBeGreaterThanOrEqual(9);
  expect(refused.length).toBeLessThan(13);
  const { calls, headers: heads } = held(server);
  expect(heads).toBeGreaterThan(80_000);
  expect(heads).toBeLessThanOrEqual(100_000);
  expect(calls).toBeGreaterThan(0);
  const other = await greetRaw(server.address);
  other.send(
    headers(1, rawBlock(request("/t/Hold")), { endHeaders: false }),
    continuation(1, Buffer.concat([rawBlock([["x", "y".repeat(5_000)]])])),
  );
  await eventually(() =>
    expect(server.listener.limits?.().connections[1]?.heldBytes.headers).toBeGreaterThan(5_000),
  );
  peer.close();
  other.close();
  await eventually(() => {
    const total = server.listener.limits?.().heldBytes ?? {};
    expect(Object.values(total).every((one) => one === 0)).toBe(true);
  });
});

test("one-byte frames on a crowded connection look at no other stream", async () => {
  const { server, peer } = await serveReaders();
  for (let stream = 0; stream < 500; stream++)
    peer.send(headers(stream * 2 + 1, request("/t/Read")));
  send(peer, 35, message(Buffer.alloc(1_000_000)));
  await peer.roundTrip();
  expect(held(server).undecoded).toBeGreaterThan(32 * MIB);
  const sort = Array.prototype.sort;
  let sorts = 0;
  onTestFinished(() => {
    Array.prototype.sort = sort;
  });
  Array.prototype.sort = function (this: unknown[], compare) {
    if (this.length >= 500) sorts++;
    return sort.call(this, compare);
  };
  peer.send(Buffer.concat(Array.from({ length: 5_000 }, () => data(999, Buffer.of(0)))));
  await peer.roundTrip();
  expect(sorts).toBe(0);
});

test("server.limits() reports what acted, the log says on whom, and the books close", async () => {
  const lines: object[] = [];
  const quiet = (): void => {};
  const warn = (fields: object, text: string): void => void lines.push({ ...fields, text });
  const server = createServer({ logger: { debug: quiet, info: quiet, warn, error: quiet } });
  expect(server.limits().connections).toEqual([]);
  const { address } = await server.listen(
    "127.0.0.1:0",
    wire({ limits: { maxPingsPerSecond: 5, maxHeldBytesTotal: 100 * MIB } }),
  );
  onTestFinished(() => server.stopNow());
  const peer = await greetRaw(address);
  await eventually(() => expect(server.limits().connections).toHaveLength(1));
  expect(server.limits()).toMatchObject({ maxHeldBytesTotal: 100 * MIB, acted: {} });
  const { peer: from } = server.limits().connections[0] ?? {};
  peer.send(...Array.from({ length: 30 }, () => ping()));
  await peer.dies(CODE.ENHANCE_YOUR_CALM);
  expect(server.limits()).toMatchObject({ acted: { maxPingsPerSecond: 1 }, connections: [] });
  expect(lines).toEqual([
    {
      limit: "maxPingsPerSecond",
      peer: from,
      times: 1,
      text: "a limit acted: the connection was closed",
    },
  ]);
});
