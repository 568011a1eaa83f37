import { PREFIX_BYTES } from "./message-prefix.js";

/** A message that came whole. */
export interface ReceivedMessage {
  readonly bytes: Buffer;
  readonly compressed: boolean;
}

/** What a message of its own costs beside its bytes. */
export const OBJECT_BYTES = 256;

/** Small messages behind one another, prefixes included. */
export interface Run {
  readonly buffer: Buffer;
  read: number;
  write: number;
}

/** The length of the next message of a run. */
export function lengthOf(run: Run): number {
  return run.buffer.readUInt32BE(run.read + 1);
}

/** Takes the next message out of a run. */
export function takeOf(run: Run): ReceivedMessage {
  const start = run.read + PREFIX_BYTES;
  const end = start + lengthOf(run);
  const compressed = run.buffer[run.read] === 1;
  run.read = end;
  return { bytes: run.buffer.subarray(start, end), compressed };
}

/** What a message, or a run, takes of memory. */
export function heldBytes(one: ReceivedMessage | Run): number {
  return "read" in one ? one.buffer.length : one.bytes.length + OBJECT_BYTES;
}
