import type { ReflectMessage } from "@bufbuild/protobuf/reflect";

/** The longest duration that google.protobuf.Duration allows: 10,000 years. */
const MAX_SECONDS = 315_576_000_000n;
const NANOS_PER_SECOND = 1_000_000_000;

/**
 * Reads a `google.protobuf.Duration` as milliseconds. Returns the reason as text when a policy
 * cannot use it.
 */
export function readDuration(duration: ReflectMessage): number | string {
  const seconds = readNumber(duration, "seconds");
  const nanos = Number(readNumber(duration, "nanos"));
  if (seconds < 0n || nanos < 0) return "must be greater than zero (is negative)";
  if (seconds === 0n && nanos === 0) return "must be greater than zero";
  if (nanos >= NANOS_PER_SECOND) return "must have fewer than 1,000,000,000 nanos";
  if (seconds > MAX_SECONDS || (seconds === MAX_SECONDS && nanos > 0))
    return "must not be longer than 10,000 years";
  return Number(seconds) * 1000 + nanos / 1e6;
}

function readNumber(duration: ReflectMessage, name: string): bigint {
  const field = duration.desc.fields.find((candidate) => candidate.name === name);
  const value: unknown = field === undefined ? 0 : duration.get(field);
  return typeof value === "bigint" ? value : BigInt(Number(value));
}
