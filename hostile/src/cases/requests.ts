import type { RawField } from "@tightwire/wire/internals/hpack/raw-hpack.test-support.js";

/** The methods of the service. */
export type Method = "Measure" | "Produce" | "Watch" | "Collect" | "Hold";

export const KIB = 1024;
export const MIB: number = 1024 * 1024;
/** What a connection may hold of messages: the default of `maxHeldBytes` and `maxUnreadBytes`. */
export const HELD_BYTES: number = 64 * MIB;
/** What a connection may hold beside messages. */
export const SMALL_BYTES: number = 2 * MIB;
export const INITIAL_WINDOW_SIZE = 4;
export const MOST_WINDOW = 0x7fff_ffff;

/** The head of a call, with more fields behind it. */
export function call(method: Method, ...more: readonly RawField[]): RawField[] {
  return [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", `/hostile.v1.HostileService/${method}`],
    [":authority", "hostile"],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ...more,
  ];
}

/** So many of something. */
export function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}
