import type { Clock } from "@tightwire/core/runtime";

/** The encodings that we take, as the protocol lists them. */
export const ACCEPTED_ENCODINGS = "identity,gzip";

/**
 * What is at most this large is compressed and decompressed here and now: handing it to a thread
 * would take longer.
 */
const SYNC_BYTES = 4_096;

/** Loaded by the first call that compresses: most processes never do. */
const zlib = (): typeof import("node:zlib") => process.getBuiltinModule("node:zlib");

/** Whether we can read messages of this `grpc-encoding`. */
export function isKnownEncoding(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === "identity" || encoding === "gzip";
}

/** The outcome of a decompression: the bytes, or that they are more than allowed, or no gzip. */
export type Decompressed = Uint8Array | "too large" | "broken";

/** What is decompressed beside other things, and for whom. */
interface Job {
  wanted(): boolean;
  run(done: () => void): void;
}

/**
 * As many as the threads that do it: more at once would not be done sooner, and each may hold a
 * message of the largest size.
 */
const MAX_JOBS = 4;
const jobs: Job[] = [];
let running = 0;

/**
 * Decompresses at once when that is quick, else when it is its turn, and calls `later`, unless it
 * is not `wanted` any more. It stops at `maxBytes`, however much there would be.
 */
export function decompress(
  clock: Clock,
  bytes: Uint8Array,
  maxBytes: number,
  wanted: () => boolean,
  later: (result: Decompressed) => void,
): Decompressed | undefined {
  const options = { maxOutputLength: Math.max(maxBytes, 1) };
  if (bytes.length > SYNC_BYTES) {
    jobs.push({
      wanted,
      run: (done) =>
        clock.offload<Uint8Array>(
          {
            start: (told) => zlib().gunzip(bytes, options, told),
            runSync: () => zlib().gunzipSync(bytes, options),
          },
          (error, result) => {
            done();
            later(error === null ? limited(result as Uint8Array, maxBytes) : failureOf(error));
          },
        ),
    });
    runJobs();
    return undefined;
  }
  try {
    return limited(zlib().gunzipSync(bytes, options), maxBytes);
  } catch (error) {
    return failureOf(error as NodeJS.ErrnoException);
  }
}

function runJobs(): void {
  while (running < MAX_JOBS) {
    const job = jobs.shift();
    if (job === undefined) return;
    if (!job.wanted()) continue;
    running++;
    job.run(() => {
      running--;
      runJobs();
    });
  }
}

/** Compresses at once when that is quick, else calls `later`. */
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

function limited(result: Uint8Array, maxBytes: number): Decompressed {
  return result.length > maxBytes ? "too large" : result;
}

function failureOf(error: NodeJS.ErrnoException): Decompressed {
  return error.code === "ERR_BUFFER_TOO_LARGE" ? "too large" : "broken";
}
