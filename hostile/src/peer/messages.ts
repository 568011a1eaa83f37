import { message } from "@tightwire/wire/internals/frames/raw-frame.test-support.js";

// The messages of `proto/hostile/v1/hostile.proto`, written by hand: hostile peers write some of
// them wrongly. Source: https://protobuf.dev/programming-guides/encoding/

/** A number of base 128, the low part first. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A field of bytes, text or a message. `length` lies about the bytes when it is given. */
export function bytesField(
  field: number,
  bytes: Uint8Array,
  length: number = bytes.length,
): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(length), bytes]);
}

/** A field of a number. */
export function numberField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** A request of Measure, Collect or Hold in its frame of gRPC. */
export function measureRequest({ payload }: { readonly payload: Uint8Array }): Buffer {
  return message(bytesField(1, payload));
}

/** A request of Produce in its frame of gRPC. */
export function produceRequest(bytes: number): Buffer {
  return message(numberField(1, bytes));
}

/** A request of Watch in its frame of gRPC. */
export function watchRequest(count: number, bytes: number): Buffer {
  return message(Buffer.concat([numberField(1, count), numberField(2, bytes)]));
}
