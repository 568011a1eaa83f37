import { setTimeout as sleep } from "node:timers/promises";
import {
  continuation,
  END_STREAM,
  HEADERS,
  headers,
  rawFrame,
  settings,
} from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import {
  type RawField,
  rawBlock,
  rawIndexed,
  rawLiteral,
  rawTableSize,
} from "@tightwire/wire/internals/hpack/raw-hpack.test-support.js";
import type { HostileCase } from "../hostile-case.js";
import { measureRequest } from "../peer/messages.js";
import { flood } from "./flood.js";
import { call, INITIAL_WINDOW_SIZE, KIB, MIB, SMALL_BYTES, times } from "./requests.js";

/** The entry of the table that was written last. */
const NEWEST_INDEX = 62;
/** The static entry `accept-encoding: gzip, deflate`. */
const STATIC_INDEX = 16;
/** Heads that no server may take. */
const MALFORMED: readonly (readonly RawField[])[] = [
  [...call("Measure"), ["Upper", "x"]],
  [...call("Measure"), [":path", "/late"]],
  [[":method", "POST"], ...call("Measure")],
  [...call("Measure"), ["connection", "keep-alive"]],
  [...call("Measure"), ["x", "a\r\nb"]],
  [...call("Measure"), ["", "x"]],
  call("Measure").map(([name, value]) => [name, name === ":path" ? "" : value]),
  call("Measure").map(([name, value]) => [name, name === "te" ? "gzip" : value]),
  call("Measure").map(([name, value]) => [name, name === ":method" ? "CONNECT" : value]),
  [...call("Measure"), ["content-length", "1"]],
];

export const HEADER_CASES: readonly HostileCase[] = [
  {
    name: "one-byte-fields",
    does: "sends blocks of 4,000 indexed fields of a byte each on 500 streams with a window of 0 (CVE-2026-49975)",
    points: [31],
    limit: "maxHeaderFields",
    heldBytes: 8 * MIB,
    async attack(stage) {
      const connection = await stage.connect(settings([INITIAL_WINDOW_SIZE, 0]));
      const block = Buffer.concat([
        rawBlock(call("Hold")),
        ...times(4_000, () => rawIndexed(STATIC_INDEX)),
      ]);
      await flood(stage, connection, 500, () => headers(connection.nextStreamId(), block));
    },
  },
  {
    name: "held-headers",
    does: "opens 900 streams with 240 fields of 250 bytes each, of the table and so a byte on the wire",
    points: [4, 31],
    limit: "maxHeaderListBytes",
    heldBytes: 64 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      const field: RawField = ["x-held", "y".repeat(200)];
      connection.openStream(Buffer.concat([rawBlock(call("Hold")), rawLiteral(field, "indexed")]));
      const block = Buffer.concat([
        rawBlock(call("Hold")),
        ...times(240, () => rawIndexed(NEWEST_INDEX)),
      ]);
      await flood(stage, connection, 900, () => headers(connection.nextStreamId(), block));
    },
  },
  {
    name: "held-literals",
    does: "opens 900 streams with 12 KiB of literal header fields each",
    points: [31],
    limit: "maxHeaderListBytes",
    heldBytes: 64 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      await flood(stage, connection, 900, (at) => {
        const fields = times(24, (field): RawField => [`x-${at}-${field}`, "z".repeat(490)]);
        return headers(connection.nextStreamId(), call("Hold", ...fields));
      });
    },
  },
  {
    name: "hpack-bomb",
    does: "sends blocks that name an entry of 4,000 bytes 12,000 times: 48 MB out of 12 kB",
    points: [1, 4, 5],
    limit: "maxHeaderListBytes",
    heldBytes: 8 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      const entry = rawLiteral(["bomb", "x".repeat(4_000)], "indexed");
      connection.openStream(Buffer.concat([rawBlock(call("Hold")), entry]));
      const block = Buffer.concat([
        rawBlock(call("Hold")),
        ...times(12_000, () => rawIndexed(NEWEST_INDEX)),
      ]);
      await flood(stage, connection, 1_000, () => headers(connection.nextStreamId(), block));
    },
  },
  {
    name: "table-churn",
    does: "empties the table and fills it again with 60 entries in each of 5,000 blocks",
    points: [3, 4],
    limit: "maxHeaderFields",
    heldBytes: SMALL_BYTES,
    async attack(stage) {
      const connection = await stage.connect();
      const block = Buffer.concat([
        rawTableSize(0),
        rawTableSize(4_096),
        rawBlock(call("Measure")),
        ...times(60, (at) => rawLiteral([`n${at}`, "v"], "indexed")),
      ]);
      await flood(stage, connection, 5_000, () =>
        headers(connection.nextStreamId(), block, { endStream: true }),
      );
    },
  },
  {
    name: "continuation-flood",
    does: "begins a header block and never ends it, with CONTINUATIONs of 16 KiB (CVE-2024-27316)",
    points: [21],
    limit: "maxHeaderBlockBytes",
    heldBytes: SMALL_BYTES,
    async attack(stage) {
      const connection = await stage.connect();
      const part = rawBlock([["x", "y".repeat(16 * KIB - 16)]]);
      const id = connection.nextStreamId();
      connection.write(headers(id, call("Hold"), { endHeaders: false }));
      await flood(stage, connection, 20_000, () => continuation(id, part));
    },
  },
  {
    name: "empty-continuations",
    does: "begins a header block and sends a million CONTINUATIONs without bytes",
    points: [21],
    limit: "maxContinuations",
    heldBytes: SMALL_BYTES,
    async attack(stage) {
      const connection = await stage.connect();
      const id = connection.nextStreamId();
      connection.write(headers(id, call("Hold"), { endHeaders: false }));
      await flood(stage, connection, 1_000_000, () => continuation(id));
    },
  },
  {
    name: "malformed-heads",
    does: `sends ${MALFORMED.length} malformed heads with a good request behind them, 20,000 times at most`,
    points: [6, 7, 8, 9, 10],
    limit: "maxResetsPerSecond",
    heldBytes: SMALL_BYTES,
    wrongStatuses: ["0"],
    async attack(stage) {
      const body = measureRequest({ payload: Buffer.from("malformed") });
      const connection = await stage.connect();
      await flood(stage, connection, 20_000, (at) => {
        const id = connection.nextStreamId();
        const head = MALFORMED[at % MALFORMED.length] as readonly RawField[];
        return Buffer.concat([headers(id, head), rawFrame(0, END_STREAM, id, body)]);
      });
    },
  },
  {
    name: "trailers-flood",
    does: "sends a second and a third HEADERS on each of 20,000 streams",
    points: [7, 23],
    limit: "maxResetsPerSecond",
    heldBytes: SMALL_BYTES,
    async attack(stage) {
      const connection = await stage.connect();
      const trailers = rawBlock([["x-trailer", "y"]]);
      await flood(stage, connection, 20_000, () => {
        const id = connection.nextStreamId();
        return Buffer.concat([
          headers(id, call("Collect")),
          headers(id, trailers),
          rawFrame(HEADERS, END_STREAM | 4, id, trailers),
        ]);
      });
    },
  },
  {
    name: "timeouts",
    does: "opens 900 calls with a grpc-timeout each, from a nanosecond to 99,999,999 hours, and resets none",
    points: [30],
    limit: "maxConcurrentStreams",
    heldBytes: 8 * MIB,
    async attack(stage) {
      const connection = await stage.connect();
      const timeouts = ["1n", "1u", "1m", "50m", "1S", "99999999H", "0S", "-1S", "1e9S", "x"];
      while (stage.goesOn() && connection.open) {
        for (let made = 0; made < 90; made++)
          connection.openStream(
            call("Hold", ["grpc-timeout", timeouts[made % timeouts.length] as string]),
          );
        await sleep(200);
      }
    },
  },
  {
    name: "proto-names",
    does: "sends `__proto__` as the name of metadata, base64 that is none, and 200 values of a -bin field",
    points: [26],
    limit: "none: metadata is data",
    heldBytes: SMALL_BYTES,
    async attack(stage) {
      const connection = await stage.connect();
      const body = measureRequest({ payload: Buffer.from("names") });
      const fields: readonly RawField[] = [
        ["__proto__", "polluted"],
        ["constructor", "polluted"],
        ["x-bin", "!!!"],
        ["y-bin", "QQ,QQ==,".repeat(100)],
      ];
      await flood(stage, connection, 5_000, () => {
        const id = connection.nextStreamId();
        return Buffer.concat([
          headers(id, call("Measure", ...fields)),
          rawFrame(0, END_STREAM, id, body),
        ]);
      });
    },
  },
];
