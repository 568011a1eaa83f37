import { createEventLog, eventually } from "@tightwire/testing";
import { CallBooks, testMessage, UnaryResponse } from "@tightwire/transport-contract";
import { wire } from "@tightwire/wire/client";
import { describe, expect, test } from "vitest";
import { openClient, rejectionOf } from "./pitfalls-stage.js";
import {
  data,
  goaway,
  HEADERS,
  headers,
  listenRaw,
  message,
  type RawPeer,
  responseHead,
  settings,
} from "./raw-peer.js";

const MAX_CONCURRENT_STREAMS = 3;
const RESPONSE = message(UnaryResponse.encode(UnaryResponse.fromPartial({ text: "hi" })).finish());

function respond(peer: RawPeer, streamId: number): void {
  peer.send(
    headers(streamId, responseHead()),
    data(streamId, RESPONSE),
    headers(streamId, [["grpc-status", "0"]], { endStream: true }),
  );
}

/** The streams of the calls that reach a peer, one after the other. */
async function* callsOf(peer: RawPeer): AsyncGenerator<number> {
  for (;;) yield (await peer.until("HEADERS", ({ type }) => type === HEADERS)).streamId;
}

describe("a call that its server never got", () => {
  test("since it waited for a place when its connection closed goes to the next connection, once", async () => {
    const log = createEventLog();
    const books = new CallBooks();
    const { address, peers } = await listenRaw(async (peer) => {
      const first = peers.length === 1;
      await peer.greet(first ? settings([MAX_CONCURRENT_STREAMS, 1]) : settings());
      for await (const streamId of callsOf(peer)) {
        log.add(first ? "first connection" : "second connection");
        if (!first) respond(peer, streamId);
      }
    });
    const { client } = openClient(address, { transport: wire(), observers: [books] });
    const sent = rejectionOf(client.unary(testMessage()));
    await log.until("first connection");
    const waiting = Array.from({ length: 3 }, () => client.unary(testMessage()));
    peers[0]?.close();
    expect(await sent).toMatchObject({ code: "unavailable", outcome: "unknown" });
    expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(["hi", "hi", "hi"]);
    expect(peers).toHaveLength(2);
    expect(log.entries.filter((one) => one === "second connection")).toHaveLength(3);
    expect(books.calls.map(({ attempts }) => attempts)).toEqual([1, 2, 2, 2]);
  });

  test("since it is beyond GOAWAY's last goes to the next connection, once", async () => {
    const books = new CallBooks();
    const { address, peers } = await listenRaw(async (peer) => {
      const first = peers.length === 1;
      await peer.greet();
      for await (const streamId of callsOf(peer)) {
        if (first) peer.send(goaway(0));
        else respond(peer, streamId);
      }
    });
    const { client } = openClient(address, { transport: wire(), observers: [books] });
    expect(await client.unary(testMessage())).toMatchObject({ text: "hi" });
    expect([peers.length, books.calls[0]?.attempts]).toEqual([2, 2]);
  });
});

describe("a server that sends GOAWAY with its SETTINGS", () => {
  test("is one that cannot be connected to", async () => {
    const { address, peers } = await listenRaw((peer) => peer.send(settings(), goaway(0)));
    const { client } = openClient(address, { transport: wire() });
    const error = await rejectionOf(client.unary(testMessage()));
    expect(error).toMatchObject({ code: "unavailable", outcome: "not-processed" });
    expect(error.message).toBe(`cannot connect to ${address}: the server is shutting down`);
    await eventually(() => expect(peers.map(({ ended }) => ended)).toEqual([true]));
  });

  test("is passed by while another address takes the call", async () => {
    const going = await listenRaw((peer) => peer.send(settings(), goaway(0)));
    const staying = await listenRaw(async (peer) => {
      await peer.greet();
      for await (const streamId of callsOf(peer)) respond(peer, streamId);
    });
    const target = `static:///${going.address},${staying.address}`;
    const { client } = openClient(target, { transport: wire() });
    expect(await client.unary(testMessage())).toMatchObject({ text: "hi" });
  });
});

test("a server that takes each connection and closes it before it responds is not tried for ever by a call", async () => {
  const books = new CallBooks();
  const { address, peers } = await listenRaw(async (peer) => {
    await peer.greet();
    peer.send(goaway(0));
  });
  const { client } = openClient(address, { transport: wire(), observers: [books] });
  const error = await rejectionOf(client.unary(testMessage()));
  expect(error).toMatchObject({ code: "unavailable", outcome: "not-processed" });
  expect(peers.length).toBeLessThanOrEqual(4);
  expect(books.calls[0]?.attempts).toBeLessThanOrEqual(4);
});
