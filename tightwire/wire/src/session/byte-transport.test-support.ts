import type { ByteTransport } from "./byte-transport.js";

/** A transport that takes everything at once and forgets it, but for what a test gives it. */
export function silentTransport(given: Partial<ByteTransport> = {}): ByteTransport {
  return { waitingBytes: 0, write() {}, whenWritten() {}, end() {}, destroy() {}, ...given };
}
