import type { Timestamp } from "@tightwire/core/gen/google/protobuf/timestamp.js";

/** A time as the contract carries it. */
export function toTimestamp(date: Date): Timestamp {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1_000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1_000) * 1_000_000 };
}
