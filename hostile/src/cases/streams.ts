import { setTimeout as sleep } from "node:timers/promises";
import {
  CODE,
  CONTINUATION,
  data,
  END_STREAM,
  headers,
  message,
  PING,
  PUSH_PROMISE,
  rawFrame,
  reset,
  SETTINGS,
  uint32,
  windowUpdate,
} from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import { rawBlock } from "@tightwire/wire/internals/hpack/raw-hpack.test-support.js";
import type { HostileCase } from "../hostile-case.js";
import { measureRequest } from "../peer/messages.js";
import { churn, flood } from "./flood.js";
import { call, KIB, MIB, SMALL_BYTES } from "./requests.js";

const HEAD = rawBlock(call("Hold"));
/** How long an attacker waits for what it should get. */
const PATIENCE_MS = 1_000;
const PADDED_HEADERS = 0x0c;

/** What is a connection error. */
const BROKEN: readonly (() => Buffer)[] = [
  () => Buffer.concat([Buffer.of(0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1), Buffer.alloc(64 * KIB)]),
  () => data(0, Buffer.from("stream 0")),
  () => rawFrame(SETTINGS, 0, 0, Buffer.alloc(5)),
  () => rawFrame(SETTINGS, 1, 0, Buffer.alloc(6)),
  () => rawFrame(PING, 0, 0, Buffer.alloc(7)),
  () => windowUpdate(0, 0),
  () => Buffer.concat([windowUpdate(0, 0x7fff_ffff), windowUpdate(0, 0x7fff_ffff)]),
  () => headers(2, HEAD),
  () => Buffer.concat([headers(9, HEAD), headers(7, HEAD)]),
  () => rawFrame(PUSH_PROMISE, 4, 1, Buffer.concat([uint32(2), HEAD])),
  () => reset(99),
  () => rawFrame(CONTINUATION, 4, 1, HEAD),
  () => rawFrame(1, PADDED_HEADERS, 1, Buffer.concat([Buffer.of(255), HEAD])),
  () =>
    Buffer.concat([headers(1, HEAD, { endHeaders: false }), rawFrame(PING, 0, 0, Buffer.alloc(8))]),
  // Header blocks: index 0, one past the table, a number without end, EOS in Huffman code, a table
  // that is too large, and half a literal.
  () => headers(1, Buffer.of(0x80)),
  () => headers(1, Buffer.of(0xff, 0x7f)),
  () => headers(1, Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
  () => headers(1, Buffer.of(0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x01, 0x61)),
  () => headers(1, Buffer.of(0x3f, 0xff, 0xff, 0x7f)),
  () => headers(1, Buffer.of(0x00, 0x05, 0x61)),
];

export const STREAM_CASES: readonly HostileCase[] = [
  {
    name: "rapid-reset",
    does: "opens and resets 200,000 streams (CVE-2023-44487)",
    points: [16, 30],
    limit: "maxResetsPerSecond",
    heldBytes: 16 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      await flood(stage, connection, 200_000, () => {
        const id = connection.nextStreamId();
        return Buffer.concat([headers(id, HEAD), reset(id)]);
      });
    },
  },
  {
    name: "rapid-reset-reconnecting",
    does: "resets as many streams as are allowed, 900, and connects again, 200 times at most",
    points: [30],
    limit: "maxResetsPerSecond",
    heldBytes: 16 * MIB,
    attack: (stage) =>
      churn(stage, 200, async (connection) => {
        await flood(stage, connection, 900, () => {
          const id = connection.nextStreamId();
          return Buffer.concat([headers(id, HEAD), reset(id)]);
        });
        await sleep(5);
      }),
  },
  {
    name: "made-resets",
    does: "makes the server reset 100,000 streams, with WINDOW_UPDATEs of 0 (CVE-2025-8671)",
    points: [8, 12, 30],
    limit: "maxResetsPerSecond",
    heldBytes: 16 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      await flood(stage, connection, 100_000, () => {
        const id = connection.nextStreamId();
        return Buffer.concat([headers(id, HEAD), windowUpdate(id, 0)]);
      });
    },
  },
  {
    name: "half-closed-garbage",
    does: "sends DATA and HEADERS behind the end of each of 50,000 streams",
    points: [16],
    limit: "maxResetsPerSecond",
    heldBytes: 16 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      await flood(stage, connection, 50_000, () => {
        const id = connection.nextStreamId();
        return Buffer.concat([headers(id, HEAD, { endStream: true }), data(id, Buffer.alloc(10))]);
      });
    },
  },
  {
    name: "data-behind-reset",
    does: "makes the server reset 300 streams, sends DATA for them as windows allow, and then makes a call",
    points: [11],
    limit: "none: the connection's window comes back",
    heldBytes: 8 * MIB,
    seconds: 3,
    async attack(stage) {
      const connection = await stage.connect();
      for (let made = 0; made < 300 && connection.open; made++) {
        const id = connection.openStream(HEAD);
        connection.write(windowUpdate(id, 0));
        const window = Math.min(connection.windows.of(id), 16 * KIB);
        if (window > 0) connection.write(data(id, Buffer.alloc(window)));
        connection.windows.sent(id, window);
        await sleep(1);
      }
      if (!connection.open || stage.deadline - performance.now() < PATIENCE_MS) return;
      const id = connection.openStream(call("Measure"));
      const body = measureRequest({ payload: Buffer.alloc(30 * KIB) });
      await connection.upload(id, body, stage.deadline, true);
      const end = await connection.ended(id, stage.deadline);
      if (connection.open && (end === undefined || !("status" in end) || end.status !== "0"))
        stage.fault("the connection is wedged by DATA of streams that were reset");
    },
  },
  {
    name: "wrong-lengths",
    does: "sends more DATA and less than content-length says, half prefixes and half messages",
    points: [10, 24],
    limit: "maxResetsPerSecond",
    heldBytes: SMALL_BYTES,
    wrongStatuses: ["0"],
    async attack(stage) {
      const body = measureRequest({ payload: Buffer.from("lengths") });
      const wrong: readonly ((id: number) => Buffer[])[] = [
        (id) => [headers(id, call("Measure", ["content-length", "1"])), data(id, body, true)],
        (id) => [headers(id, call("Measure", ["content-length", "999"])), data(id, body, true)],
        (id) => [headers(id, call("Measure")), data(id, body.subarray(0, 3), true)],
        (id) => [headers(id, call("Measure")), data(id, body.subarray(0, 8), true)],
        (id) => [headers(id, call("Measure")), data(id, message(body, { flag: 2 }), true)],
        (id) => [headers(id, call("Measure")), data(id, message("not gzip", { flag: 1 }), true)],
      ];
      const connection = await stage.connect();
      await flood(stage, connection, 1_500, (at) =>
        Buffer.concat(
          (wrong[at % wrong.length] as (id: number) => Buffer[])(connection.nextStreamId()),
        ),
      );
    },
  },
  {
    name: "empty-calls",
    does: "ends 100,000 calls with their head, half of them of methods that there are not",
    points: [20, 24],
    limit: "none: each call fails",
    heldBytes: 8 * MIB,
    wrongStatuses: ["0"],
    async attack(stage) {
      const connection = await stage.connect();
      const heads = [call("Measure"), call("None" as "Hold")].map((head) => rawBlock(head));
      await flood(stage, connection, 100_000, (at) =>
        headers(connection.nextStreamId(), heads[at % 2] as Buffer, { endStream: true }),
      );
    },
  },
  {
    name: "broken-frames",
    does: `makes ${BROKEN.length} kinds of connection errors, one a connection, 400 at most`,
    points: [3, 4, 5, 12, 16, 17, 19, 21, 22],
    limit: "none: each ends its connection",
    heldBytes: 8 * MIB,
    attack: (stage) =>
      churn(stage, 400, async (connection, at) => {
        connection.write((BROKEN[at % BROKEN.length] as () => Buffer)());
        const patience = Math.min(stage.deadline, performance.now() + 500);
        while (connection.open && performance.now() < patience) await sleep(2);
        if (connection.open && performance.now() < stage.deadline)
          stage.fault(`connection error ${at % BROKEN.length} leaves the connection open`);
        else if (connection.goawayCode === CODE.NO_ERROR)
          stage.fault(`connection error ${at % BROKEN.length} is told as NO_ERROR`);
      }),
  },
  {
    name: "errors-at-the-end",
    does: "sends a last message behind END_STREAM in the same write, on 20,000 streams",
    points: [16, 20],
    limit: "maxResetsPerSecond",
    heldBytes: 8 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      const body = measureRequest({ payload: Buffer.from("end") });
      await flood(stage, connection, 20_000, () => {
        const id = connection.nextStreamId();
        return Buffer.concat([
          headers(id, call("Measure")),
          rawFrame(0, END_STREAM, id, body),
          rawFrame(0, END_STREAM, id, body),
        ]);
      });
    },
  },
];
