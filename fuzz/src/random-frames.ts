import { gzipSync } from "node:zlib";
import type { SeededRandom } from "@tightwire/testing";
import { Flag, FrameType, PREFACE } from "@tightwire/wire/internals/frames/protocol.js";
import { HpackEncoder } from "@tightwire/wire/internals/hpack/encoder.js";
import { frame } from "./frame-bytes.js";

type Field = readonly [name: string, value: string];

const REQUEST: readonly Field[] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/fuzz.Fuzz/bidiStream"],
  [":authority", "localhost"],
  ["te", "trailers"],
  ["content-type", "application/grpc"],
];
const RESPONSE: readonly Field[] = [
  [":status", "200"],
  ["content-type", "application/grpc"],
];
/** Compressing is slow: few messages are made, and used again. */
const COMPRESSED: readonly Buffer[] = [0, 1, 100, 30_000].map((size) =>
  gzipSync(Buffer.alloc(size, size)),
);
const blockBytes: Buffer = Buffer.alloc(120_000);

const TRAILERS: readonly Field[] = [["grpc-status", "0"]];

const ODD_FIELDS: readonly Field[] = [
  ["grpc-encoding", "gzip"],
  ["grpc-encoding", "snappy"],
  ["grpc-accept-encoding", "gzip"],
  ["grpc-timeout", "1S"],
  ["grpc-timeout", "99999999H"],
  ["grpc-timeout", "-1"],
  ["content-length", "5"],
  ["content-length", "0"],
  ["content-length", "x"],
  ["x-bin", "AP+A,AQ"],
  ["x-bin", "!"],
  ["X-Upper", "1"],
  ["connection", "close"],
  ["te", "gzip"],
  ["host", "elsewhere"],
  ["authorization", "Bearer 1"],
  ["x-nul", "a\0b"],
  ["", ""],
  [":path", "/twice"],
  [":status", "100"],
  [":status", "503"],
  [":protocol", "websocket"],
  ["grpc-status", "16"],
  ["grpc-status", "99"],
  ["grpc-message", "%E4%BD%A0%zz%"],
  ["grpc-status-details-bin", "CAUSBG5vcGU"],
  [":method", "GET"],
  ["content-type", "text/html"],
];

/** Makes frames as a peer of `side` might send them, most of them nearly right. */
export function createFrameSource(
  random: SeededRandom,
  peer: "client" | "server",
): { first(): Buffer; next(): Buffer } {
  const encoder = new HpackEncoder();
  let newest = 1;

  function streamId(): number {
    if (random.chance(3))
      return random.pick([0, 2, 0x7fff_ffff, 0x8000_0001, random.below(0xffff_ffff)]);
    return 1 + 2 * random.below((newest + 1) / 2);
  }
  function block(fields: readonly Field[]): Buffer {
    if (random.chance(4)) return random.bytes(random.size(300));
    encoder.out = blockBytes;
    encoder.at = 0;
    encoder.begin();
    for (const [name, value] of fields) {
      if (random.chance(60)) encoder.repeated(name, value);
      else if (random.chance(20)) encoder.secret(name, value);
      else encoder.literal(name, value);
    }
    const bytes = Buffer.from(encoder.out.subarray(0, encoder.at));
    if (random.chance(3) && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  }
  function fieldsOf(base: readonly Field[]): Field[] {
    const fields = [...base];
    if (random.chance(10)) fields.splice(random.below(fields.length), 1);
    while (random.chance(25))
      fields.splice(
        random.chance(80) ? fields.length : random.below(fields.length + 1),
        0,
        random.pick(ODD_FIELDS),
      );
    if (random.chance(4)) fields.push(["x-long", "l".repeat(random.size(70_000))]);
    return fields;
  }
  function headers(): Buffer {
    const opens = peer === "client" && random.chance(70);
    if (opens) newest += random.chance(95) ? 2 : 2 * random.below(300);
    const id = opens ? newest : streamId();
    const base =
      peer === "client"
        ? opens
          ? REQUEST
          : []
        : random.pick([RESPONSE, RESPONSE, TRAILERS, [...RESPONSE, ...TRAILERS]]);
    const ends =
      peer === "client"
        ? random.chance(opens ? 10 : 80)
        : random.chance(base === RESPONSE ? 5 : 90);
    return cutBlock(id, ends ? Flag.END_STREAM : 0, block(fieldsOf(base)));
  }
  /** As HEADERS alone, or with CONTINUATION behind, with and without padding and priority. */
  function cutBlock(id: number, flags: number, bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    const cuts =
      bytes.length > 16_000
        ? Math.ceil(bytes.length / 16_000)
        : random.chance(20)
          ? 1 + random.below(4)
          : 1;
    for (let cut = 0; cut < cuts; cut++) {
      const part = bytes.subarray(
        Math.floor((cut * bytes.length) / cuts),
        Math.floor(((cut + 1) * bytes.length) / cuts),
      );
      const last = cut === cuts - 1 && !random.chance(1) ? Flag.END_HEADERS : 0;
      if (cut > 0) parts.push(frame(FrameType.CONTINUATION, last, id, part));
      else if (random.chance(10))
        parts.push(
          padded(
            FrameType.HEADERS,
            flags | last | Flag.PRIORITY,
            id,
            Buffer.concat([random.bytes(5), part]),
          ),
        );
      else parts.push(frame(FrameType.HEADERS, flags | last, id, part));
    }
    return Buffer.concat(parts);
  }
  function padded(type: number, flags: number, id: number, payload: Buffer): Buffer {
    const padding = random.below(40);
    const length = random.chance(3) ? random.below(256) : padding;
    return frame(
      type,
      flags | Flag.PADDED,
      id,
      Buffer.concat([Buffer.from([length]), payload, Buffer.alloc(padding)]),
    );
  }
  function message(): Buffer {
    const compressed = random.chance(25);
    const body = compressed
      ? random.pick(COMPRESSED)
      : Buffer.alloc(random.size(random.chance(20) ? 30_000 : 500), random.below(256));
    const prefix = Buffer.alloc(5);
    prefix[0] = random.chance(3) ? random.below(256) : Number(compressed);
    prefix.writeUInt32BE(random.chance(4) ? random.below(0xffff_ffff) : body.length, 1);
    return Buffer.concat([prefix, body]);
  }
  function data(): Buffer {
    const id = streamId();
    let left = Buffer.concat(Array.from({ length: random.below(4) }, message));
    if (random.chance(15)) left = left.subarray(0, random.below(left.length + 1));
    const parts: Buffer[] = [];
    do {
      const count = Math.min(left.length, 1 + random.size(16_384));
      const flags = left.length === count && random.chance(30) ? Flag.END_STREAM : 0;
      const part = left.subarray(0, count);
      parts.push(
        random.chance(8) && count < 16_000
          ? padded(FrameType.DATA, flags, id, part)
          : frame(FrameType.DATA, flags, id, part),
      );
      left = left.subarray(count);
    } while (left.length > 0);
    return Buffer.concat(parts);
  }
  function settings(): Buffer {
    const payload = Buffer.alloc(6 * random.below(5));
    for (let at = 0; at < payload.length; at += 6) {
      const id = random.chance(35) ? 4 : random.below(8);
      payload.writeUInt16BE(id, at);
      const values = [0, 1, 10, 100, 65_535, 16_384, 4_096, 0x7fff_ffff];
      payload.writeUInt32BE(
        id === 2
          ? 0
          : id === 5 && random.chance(95)
            ? 16_384
            : random.chance(3)
              ? 0xffff_ffff
              : random.pick(values),
        at + 2,
      );
    }
    return frame(FrameType.SETTINGS, 0, 0, payload);
  }
  function number(type: number, id: number, value: number): Buffer {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(value >>> 0, 0);
    return frame(type, 0, id, payload);
  }
  function goaway(): Buffer {
    const payload = Buffer.concat([
      Buffer.alloc(8),
      Buffer.from(random.pick(["", "too_many_pings", "bye"])),
    ]);
    payload.writeUInt32BE(random.pick([0, 1, newest, 0x7fff_ffff]), 0);
    payload.writeUInt32BE(random.pick([0, 0, 11, 2]), 4);
    return frame(FrameType.GOAWAY, 0, 0, payload);
  }
  function anything(): Buffer {
    const payload = random.bytes(random.size(random.chance(5) ? 17_000 : 200));
    return frame(
      random.below(12),
      random.below(256),
      random.chance(30) ? 0 : streamId(),
      payload,
      random.chance(10) ? random.below(0xff_ffff) : payload.length,
    );
  }
  function next(): Buffer {
    const roll = random.below(100);
    if (roll < 26) return headers();
    if (roll < 58) return data();
    if (roll < 68)
      return number(
        FrameType.WINDOW_UPDATE,
        random.chance(30) ? 0 : streamId(),
        random.pick([1, 100, 65_535, 1_000_000, 0, 0x7fff_ffff]),
      );
    if (roll < 76)
      return number(FrameType.RST_STREAM, streamId(), random.pick([0, 2, 7, 8, 11, 500]));
    if (roll < 82) return settings();
    if (roll < 86) return frame(FrameType.SETTINGS, Flag.ACK, 0, Buffer.alloc(0));
    if (roll < 91)
      return frame(
        FrameType.PING,
        random.below(2),
        0,
        random.pick([random.bytes(8), Buffer.from("draining"), Buffer.from("keepaliv")]),
      );
    if (roll < 93) return goaway();
    if (roll < 95)
      return frame(FrameType.PRIORITY, 0, streamId(), random.bytes(random.chance(90) ? 5 : 4));
    return anything();
  }
  return {
    first() {
      const begin = random.chance(97) ? frame(FrameType.SETTINGS, 0, 0, Buffer.alloc(0)) : next();
      if (peer === "server") return begin;
      return Buffer.concat([random.chance(98) ? PREFACE : random.bytes(random.below(30)), begin]);
    },
    next,
  };
}
