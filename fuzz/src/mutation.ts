import type { SeededRandom } from "@tightwire/testing";
import { splitFrames } from "./frame-bytes.js";

/** Changes a recording here and there; `other` is one that parts are taken from. */
export function mutate(random: SeededRandom, recording: Buffer, other: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(recording);
  for (let changes = 1 + random.below(6); changes > 0; changes--) {
    bytes = random.chance(50)
      ? changeFrames(random, bytes, other)
      : changeBytes(random, bytes, other);
  }
  return bytes;
}

function changeBytes(random: SeededRandom, bytes: Buffer, other: Buffer): Buffer {
  if (bytes.length === 0) return other;
  const at = random.below(bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.size(200));
  switch (random.below(7)) {
    case 0:
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      return bytes;
    case 1:
      bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([
        bytes.subarray(0, at),
        random.bytes(random.size(100)),
        bytes.subarray(at),
      ]);
    case 5:
      return bytes.subarray(0, at);
    default: {
      const from = random.below(other.length + 1);
      return Buffer.concat([
        bytes.subarray(0, at),
        other.subarray(from, from + random.size(500)),
        bytes.subarray(at),
      ]);
    }
  }
}

function changeFrames(random: SeededRandom, bytes: Buffer, other: Buffer): Buffer {
  const frames = splitFrames(bytes);
  if (frames.length < 2) return bytes;
  const at = random.below(frames.length);
  const one = frames[at] as Buffer;
  switch (random.below(7)) {
    case 0:
      frames.splice(at, 1);
      break;
    case 1:
      frames.splice(random.below(frames.length), 0, one);
      break;
    case 2:
      frames.splice(random.below(frames.length), 0, ...frames.splice(at, 1));
      break;
    case 3:
      frames.splice(at, 0, random.pick(splitFrames(other)));
      break;
    default:
      frames[at] = changeHeader(random, Buffer.from(one));
  }
  return Buffer.concat(frames);
}

function changeHeader(random: SeededRandom, bytes: Buffer): Buffer {
  if (bytes.length < 9) return bytes;
  switch (random.below(4)) {
    case 0:
      bytes[3] = random.below(12);
      break;
    case 1:
      bytes[4] = (bytes[4] as number) ^ (1 << random.below(8));
      break;
    case 2:
      bytes.writeUInt32BE(random.pick([0, 1, 2, 3, 5, 0x7fff_ffff]), 5);
      break;
    default:
      bytes.writeUIntBE(
        Math.max(0, bytes.readUIntBE(0, 3) + random.pick([-1, 1, 5, -5, 16_384])) & 0xff_ffff,
        0,
        3,
      );
  }
  return bytes;
}
