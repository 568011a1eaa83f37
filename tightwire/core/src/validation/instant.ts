/** A `google.protobuf.Timestamp` or `google.protobuf.Duration`, as ts-proto makes them. */
export interface Instant {
  readonly seconds: bigint;
  readonly nanos: number;
}

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_MS = 1_000_000n;

/** Below zero when `a` is less than `b`, zero when they are equal. */
export function compareInstants(a: Instant, b: Instant): number {
  const left = nanosOf(a);
  const right = nanosOf(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** As {@link compareInstants}, with a moment in milliseconds since 1970. */
export function compareToMoment(instant: Instant, momentMs: number): number {
  return compareInstants(instant, instantOf(momentMs));
}

/** Whether a timestamp is at most `distance` from a moment in milliseconds since 1970. */
export function isWithin(instant: Instant, distance: Instant, momentMs: number): boolean {
  const apart = nanosOf(instant) - nanosOf(instantOf(momentMs));
  return (apart < 0n ? -apart : apart) <= nanosOf(distance);
}

function nanosOf({ seconds, nanos }: Instant): bigint {
  return seconds * NANOS_PER_SECOND + BigInt(nanos);
}

function instantOf(momentMs: number): Instant {
  const nanos = BigInt(Math.floor(momentMs)) * NANOS_PER_MS;
  return { seconds: nanos / NANOS_PER_SECOND, nanos: Number(nanos % NANOS_PER_SECOND) };
}
