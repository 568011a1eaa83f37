import { gunzip, gunzipSync, gzip, gzipSync } from "node:zlib";

/** The encodings that we take, as the protocol lists them. */
export const ACCEPTED_ENCODINGS = "identity,gzip";

/** What is at most this large is compressed and decompressed here and now: handing it to a thread would take longer. */
const SYNC_BYTES = 4_096;

/** Whether we can read messages of this `grpc-encoding`. */
export function isKnownEncoding(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === "identity" || encoding === "gzip";
}

/** The outcome of a decompression: the bytes, or that they are more than allowed, or no gzip. */
export type Decompressed = Uint8Array | "too large" | "broken";

/** Decompresses at once when that is quick, else calls `later`. It stops at `maxBytes`, however much there would be. */
export function decompress(bytes: Uint8Array, maxBytes: number, later: (result: Decompressed) => void): Decompressed | undefined {
  const options = { maxOutputLength: Math.max(maxBytes, 1) };
  if (bytes.length > SYNC_BYTES) {
    gunzip(bytes, options, (error, result) => later(error === null ? limited(result, maxBytes) : failureOf(error)));
    return undefined;
  }
  try {
    return limited(gunzipSync(bytes, options), maxBytes);
  } catch (error) {
    return failureOf(error as NodeJS.ErrnoException);
  }
}

/** Compresses at once when that is quick, else calls `later`. */
export function compress(bytes: Uint8Array, later: (result: Uint8Array) => void): Uint8Array | undefined {
  if (bytes.length <= SYNC_BYTES) return gzipSync(bytes);
  // Compressing what is in memory fails for want of memory alone.
  gzip(bytes, (_error, result) => later(result));
  return undefined;
}

function limited(result: Uint8Array, maxBytes: number): Decompressed {
  return result.length > maxBytes ? "too large" : result;
}

function failureOf(error: NodeJS.ErrnoException): Decompressed {
  return error.code === "ERR_BUFFER_TOO_LARGE" ? "too large" : "broken";
}
