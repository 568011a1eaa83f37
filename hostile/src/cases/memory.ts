import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { data, message, reset } from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import type { HostileCase, Stage } from "../hostile-case.js";
import { bytesField, measureRequest } from "../peer/messages.js";
import type { RawConnection } from "../peer/raw-connection.js";
import { flood } from "./flood.js";
import { call, HELD_BYTES, KIB, MIB, SMALL_BYTES, times } from "./requests.js";

/** The largest message that servers take, less what holds it together. */
const LARGE_BYTES: number = 4 * MIB - 64;
/** What a call's first message promises of those behind it: little. */
const SMALL: Buffer = measureRequest({ payload: Buffer.alloc(1) });
const GZIP = ["grpc-encoding", "gzip"] as const;

const inflated = new Map<number, Buffer>();

/** A message in some thousandth of its bytes, made once for all attackers. */
function inflating(bytes: number): Buffer {
  const made =
    inflated.get(bytes) ??
    message(gzipSync(bytesField(1, Buffer.alloc(bytes)), { level: 9 }), { flag: 1 });
  inflated.set(bytes, made);
  return made;
}

/** Sends to calls whose handler reads one message, and no more. */
async function sendUnread(
  stage: Stage,
  streams: number,
  bytes: Buffer,
  compressed: boolean,
): Promise<void> {
  const connection = await stage.connect();
  const ids = times(streams, () =>
    connection.openStream(call("Hold", ...(compressed ? [GZIP] : []))),
  );
  await Promise.all(ids.map((id) => connection.upload(id, SMALL, stage.deadline)));
  await sleep(100);
  await Promise.all(ids.map((id) => connection.upload(id, bytes, stage.deadline)));
}

/** Keeps unary calls in flight: 64 on one connection, 50 on each of many. */
async function keepInFlight(
  stage: Stage,
  bytes: Buffer,
  then: (connection: RawConnection, id: number) => unknown,
): Promise<void> {
  const connection = await stage.connect();
  await Promise.all(
    times(stage.attackers === 1 ? 64 : 50, async () => {
      while (stage.goesOn() && connection.open) {
        const id = connection.openStream(call("Measure", GZIP));
        await connection.upload(id, bytes, stage.deadline, true);
        await then(connection, id);
      }
    }),
  );
}

export const MEMORY_CASES: readonly HostileCase[] = [
  {
    name: "unread-gzip",
    does: "sends 8 gzip messages of 4 MiB (4 KiB on the wire) on each of 40 streams whose handler does not read",
    points: [14, 33],
    limit: "maxHeldBytes",
    heldBytes: HELD_BYTES,
    seconds: 5,
    async attack(stage) {
      await sendUnread(stage, 40, Buffer.concat(times(8, () => inflating(LARGE_BYTES))), true);
    },
  },
  {
    name: "unread-plain",
    does: "sends 12 messages of 1 MiB on each of 40 streams whose handler does not read",
    points: [14, 33],
    limit: "maxHeldBytes",
    heldBytes: HELD_BYTES,
    seconds: 3,
    async attack(stage) {
      const large = measureRequest({ payload: Buffer.alloc(MIB) });
      await sendUnread(stage, 40, Buffer.concat(times(12, () => large)), false);
    },
  },
  {
    name: "unread-empty",
    does: "sends 100,000 messages without bytes on each of 40 streams whose handler does not read",
    points: [24, 33],
    limit: "maxHeldBytes",
    heldBytes: HELD_BYTES,
    async attack(stage) {
      await sendUnread(stage, 40, Buffer.concat(times(100_000, () => message())), false);
    },
  },
  {
    name: "half-messages",
    does: "announces 4 MiB on each of 900 streams and sends all but the last byte, as far as windows allow",
    points: [13, 25],
    limit: "maxHeldBytes",
    heldBytes: HELD_BYTES,
    seconds: 3,
    async attack(stage) {
      const connection = await stage.connect();
      const half = message(Buffer.alloc(4 * MIB - 1), { length: 4 * MIB });
      const ids = times(900, () => connection.openStream(call("Collect")));
      await Promise.all(ids.map((id) => connection.upload(id, half, stage.deadline)));
    },
  },
  {
    name: "tiny-data-beside-unread",
    does: "leaves 33 MiB of half messages on 100 streams, then sends 60,000 DATA frames of one byte",
    points: [14, 32],
    limit: "maxHeldBytes",
    heldBytes: HELD_BYTES,
    seconds: 4,
    async attack(stage) {
      const connection = await stage.connect();
      const half = message(Buffer.alloc(340 * KIB), { length: MIB });
      const ids = times(100, () => connection.openStream(call("Collect")));
      const soon = Math.min(stage.deadline, performance.now() + 2_000);
      await Promise.all(ids.map((id) => connection.upload(id, half, soon)));
      const id = connection.openStream(call("Collect"));
      connection.write(data(id, message("", { length: MIB })));
      await flood(stage, connection, 60_000, () => {
        if (connection.windows.of(id) <= 0) return Buffer.alloc(0);
        connection.windows.sent(id, 1);
        return data(id, Buffer.alloc(1));
      });
    },
  },
  {
    name: "one-byte-data",
    does: "sends messages of 4 MiB as up to 2 million DATA frames of one byte (CVE-2026-84304)",
    points: [32],
    limit: "maxHeldBytes",
    heldBytes: 8 * MIB,
    seconds: 4,
    async attack(stage) {
      const connection = await stage.connect();
      const id = connection.openStream(call("Collect"));
      connection.write(data(id, message("", { length: 4 * MIB })));
      const byte = data(id, Buffer.alloc(1));
      await flood(stage, connection, 2_000_000, () => {
        if (connection.windows.of(id) <= 0) return Buffer.alloc(0);
        connection.windows.sent(id, 1);
        return byte;
      });
    },
  },
  {
    name: "gzip-bombs",
    does: "keeps calls in flight (64 on one connection, 50 on each of ten) whose 4 KiB inflate to 4 MiB",
    points: [25],
    limit: "maxInflatedBytesPerSecond",
    heldBytes: HELD_BYTES,
    seconds: 4,
    attack: (stage) =>
      keepInFlight(stage, inflating(LARGE_BYTES), (connection, id) =>
        connection.ended(id, stage.deadline),
      ),
  },
  {
    name: "gzip-too-large",
    does: "keeps calls in flight whose 40 KiB inflate to 40 MiB, ten times what is allowed",
    points: [25],
    limit: "maxMessageBytes",
    heldBytes: HELD_BYTES,
    seconds: 3,
    wrongStatuses: ["0"],
    attack: (stage) =>
      keepInFlight(stage, inflating(40 * MIB), (connection, id) =>
        connection.ended(id, stage.deadline),
      ),
  },
  {
    name: "gzip-cancelled",
    does: "sends 4 KiB that inflate to 4 MiB and resets the call at once, 500 times a second",
    points: [25, 30],
    limit: "maxResetsPerSecond",
    heldBytes: HELD_BYTES,
    seconds: 3,
    attack: (stage) =>
      keepInFlight(stage, inflating(LARGE_BYTES), async (connection, id) => {
        connection.write(reset(id));
        await sleep(100);
      }),
  },
  {
    name: "declared-too-large",
    does: "announces messages of 4 GiB and of 5 MiB, 20,000 times at most",
    points: [24, 25],
    limit: "maxMessageBytes",
    heldBytes: SMALL_BYTES,
    wrongStatuses: ["0"],
    async attack(stage) {
      const connection = await stage.connect();
      for (let made = 0; made < 20_000 && connection.open && stage.goesOn(); made++) {
        const id = connection.openStream(call(made % 2 === 0 ? "Measure" : "Collect"));
        const length = made % 4 < 2 ? 0xffff_ffff : 5 * MIB;
        connection.write(data(id, message("x", { length })));
        if (made % 100 === 99) await connection.ended(id, stage.deadline);
      }
    },
  },
];
