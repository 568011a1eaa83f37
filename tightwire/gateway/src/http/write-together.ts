import type { ServerResponse } from "node:http";
import type { Clock } from "@tightwire/core/runtime";

// Node's corking, and a fault of it, in one place.
//
// A response that is corked keeps what is written until it is uncorked, and then writes all of it
// to the socket at once. If the response ends before it is uncorked, Node 24 writes the kept parts
// after the end of the body, where no client reads them (seen with 24.21); Node 20 and 26 uncork
// first. So callers call `uncork` before `end`. The test of this file fails when Node changes
// either behaviour.

/**
 * Writes a part. All parts of one turn of the event loop go to the socket in one write. False when
 * the client reads too slowly: then wait for `drain`.
 */
export function writeTogether(
  response: ServerResponse,
  part: string | Uint8Array,
  clock: Clock,
): boolean {
  if (response.writableCorked === 0) {
    response.cork();
    clock.nextTurn(() => uncork(response));
  }
  return response.write(part);
}

/** Sends what {@link writeTogether} still keeps. Must be called before `response.end`. */
export function uncork(response: ServerResponse): void {
  if (response.writableCorked > 0) response.uncork();
}
