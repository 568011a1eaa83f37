import type { Readable } from "node:stream";
import { HttpError } from "./http-error.js";
import { decodeUtf8 } from "./utf8.js";

const NEWLINE = 10;

/**
 * The lines of a body, without line ends and without empty lines. Reads only as far as lines are
 * requested. Throws a 413 for a line that is longer than `maxBytes`. Returning early does not
 * destroy the stream, because the response uses the same socket.
 */
export async function* readLines(body: Readable, maxBytes: number): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      if (length + end - start > maxBytes) throw tooLong(maxBytes);
      const line = text([...pending, chunk.subarray(start, end)]);
      pending = [];
      length = 0;
      start = end + 1;
      if (line !== "") yield line;
    }
    if (start === chunk.byteLength) continue;
    pending.push(chunk.subarray(start));
    length += chunk.byteLength - start;
    if (length > maxBytes) throw tooLong(maxBytes);
  }
  const last = text(pending);
  if (last !== "") yield last;
}

function text(parts: readonly Buffer[]): string {
  return decodeUtf8(
    parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts),
    "a line of the body",
  ).trim();
}

function tooLong(maxBytes: number): HttpError {
  return new HttpError(
    "resource_exhausted",
    `a line of the body is longer than the limit of ${maxBytes} bytes`,
    { httpStatus: 413 },
  );
}
