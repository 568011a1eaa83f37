import type { Clock, OffloadedWork } from "@tightwire/core/runtime";

/** The encodings that we read, as the protocol lists them. */
export const ACCEPTED_ENCODINGS = "identity,gzip,deflate";

/** How compressed messages are compressed. `deflate` is the zlib format (RFC 1950). */
export type Compression = "gzip" | "deflate";

/**
 * What is at most this large is compressed here and now: handing it to a thread would take longer.
 */
const SYNC_BYTES = 4_096;
const GZIP_TRAILER_BYTES = 8;
/** Room behind what is expected, so that zlib sees the end without asking for another buffer. */
const SPARE_BYTES = 64;
/** Threads inflate into buffers of at least and at most so many bytes. */
const MIN_CHUNK_BYTES = 65_536;
const MAX_CHUNK_BYTES = 16_777_216;
/** The buffer where nothing says how much comes out. */
const UNKNOWN_CHUNK_BYTES = 262_144;

/** Loaded by the first call that compresses: most processes never do. */
const zlib = (): typeof import("node:zlib") => process.getBuiltinModule("node:zlib");

/** Whether we can read messages of this `grpc-encoding`. */
export function isKnownEncoding(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === "identity" || compressionOf(encoding) !== undefined;
}

/** What messages of this `grpc-encoding` are compressed with; undefined when with nothing. */
export function compressionOf(encoding: string | undefined): Compression | undefined {
  return encoding === "gzip" || encoding === "deflate" ? encoding : undefined;
}

/** The outcome of a decompression: the bytes, or that they are more than allowed, or malformed. */
export type Decompressed = Uint8Array | "too large" | "broken";

/**
 * How many bytes will probably come out: what gzip's trailer says, and 0 where nothing does. A peer
 * may lie. Source: RFC 1952, section 2.3.1, "ISIZE".
 */
export function expectedBytes(compression: Compression, bytes: Buffer): number {
  return compression === "gzip" && bytes.length > GZIP_TRAILER_BYTES
    ? bytes.readUInt32LE(bytes.length - 4)
    : 0;
}

/** Decompresses here and now. It stops at `maxBytes`, however much there would be. */
export function inflateNow(
  compression: Compression,
  bytes: Buffer,
  maxBytes: number,
): Decompressed {
  const chunkSize = Math.min(expectedBytes(compression, bytes), maxBytes) + SPARE_BYTES;
  try {
    return limited(inflateSync(compression, bytes, { ...limit(maxBytes), chunkSize }), maxBytes);
  } catch (error) {
    return failureOf(error as NodeJS.ErrnoException);
  }
}

/**
 * Decompresses on a thread, and calls back later. It stops at `maxBytes`, however much there would
 * be. What comes out is one buffer where gzip says how much that is: parts would cost this thread
 * time for each.
 */
export function inflateLater(
  clock: Clock,
  compression: Compression,
  bytes: Buffer,
  maxBytes: number,
  done: (result: Decompressed) => void,
): void {
  const expected = expectedBytes(compression, bytes) || UNKNOWN_CHUNK_BYTES;
  const wanted = Math.max(Math.min(expected, maxBytes) + SPARE_BYTES, MIN_CHUNK_BYTES);
  const chunkSize = Math.min(wanted, MAX_CHUNK_BYTES);
  const options = { ...limit(maxBytes), chunkSize };
  const work: OffloadedWork<Uint8Array> = {
    start: (told) =>
      compression === "gzip"
        ? zlib().gunzip(bytes, options, told)
        : zlib().inflate(bytes, options, told),
    runSync: () => inflateSync(compression, bytes, options),
  };
  clock.offload(work, (error, result) =>
    done(error === null ? limited(result as Uint8Array, maxBytes) : failureOf(error)),
  );
}

/** Compresses (gzip) at once when that is quick, else calls `later`. */
export function compress(
  clock: Clock,
  bytes: Uint8Array,
  later: (result: Uint8Array) => void,
): Uint8Array | undefined {
  if (bytes.length <= SYNC_BYTES) return zlib().gzipSync(bytes);
  // Compressing what is in memory fails for want of memory alone.
  clock.offload<Uint8Array>(
    { start: (told) => zlib().gzip(bytes, told), runSync: () => zlib().gzipSync(bytes) },
    (_error, result) => later(result as Uint8Array),
  );
  return undefined;
}

interface InflateOptions {
  readonly maxOutputLength: number;
  readonly chunkSize: number;
}

function inflateSync(
  compression: Compression,
  bytes: Uint8Array,
  options: InflateOptions,
): Uint8Array {
  return compression === "gzip"
    ? zlib().gunzipSync(bytes, options)
    : zlib().inflateSync(bytes, options);
}

/** zlib takes no limit of 0. */
function limit(maxBytes: number): { maxOutputLength: number } {
  return { maxOutputLength: Math.max(maxBytes, 1) };
}

function limited(result: Uint8Array, maxBytes: number): Decompressed {
  return result.length > maxBytes ? "too large" : result;
}

function failureOf(error: NodeJS.ErrnoException): Decompressed {
  return error.code === "ERR_BUFFER_TOO_LARGE" ? "too large" : "broken";
}
