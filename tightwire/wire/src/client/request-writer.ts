import { formatTimeout, type OutgoingCall, timeLeftMs } from "@tightwire/core/runtime";
import { ACCEPTED_ENCODINGS } from "../grpc/compression.js";
import { mostMetadataBytes, writeMetadata } from "../grpc/metadata-fields.js";
import type { HpackEncoder } from "../hpack/encoder.js";
import type { Session } from "../session/session.js";

/** Room for the fields of a request that do not depend on the call. */
const MOST_FIXED_BYTES = 320;
/** Methods whose heads are remembered for a connection. */
const MAX_REMEMBERED = 1_000;
/** From here on a millisecond more or less is no matter, and the shorter text is. */
const WHOLE_MS_FROM = 100;

/** The part of a head that is the same on every call of a method: on a connection that has sent it once, a few indexes. */
interface RememberedHead {
  readonly version: number;
  readonly bytes: Buffer;
}

/** Writes the heads of requests on one connection. Source: the gRPC over HTTP/2 protocol document, "Requests". */
export class RequestWriter {
  readonly #session: Session;
  readonly #scheme: string;
  readonly #authority: string;
  readonly #remembered = new Map<string, RememberedHead>();

  constructor(session: Session, scheme: "http" | "https", authority: string) {
    this.#session = session;
    this.#scheme = scheme;
    this.#authority = authority;
  }

  /** Writes the HEADERS of a call. */
  write(streamId: number, call: OutgoingCall): void {
    const most = MOST_FIXED_BYTES + call.path.length + this.#authority.length + mostMetadataBytes(call.metadata);
    const encoder = this.#session.beginBlock(most);
    this.#writeRepeated(encoder, call.path);
    if (call.compress) encoder.repeated("grpc-encoding", "gzip");
    if (call.deadline !== Number.POSITIVE_INFINITY) encoder.literal("grpc-timeout", timeoutText(call.deadline));
    if (call.previousAttempts > 0) encoder.literal("grpc-previous-rpc-attempts", String(call.previousAttempts));
    writeMetadata(encoder, call.metadata);
    this.#session.endBlock(streamId, false);
  }

  #writeRepeated(encoder: HpackEncoder, path: string): void {
    const known = this.#remembered.get(path);
    if (known !== undefined && known.version === encoder.version) {
      const { bytes } = known;
      const { out } = encoder;
      let { at } = encoder;
      for (let from = 0; from < bytes.length; from++) out[at++] = bytes[from] as number;
      encoder.at = at;
      return;
    }
    const start = encoder.at;
    const { version } = encoder;
    encoder.repeated(":method", "POST");
    encoder.repeated(":scheme", this.#scheme);
    encoder.repeated(":path", path);
    encoder.repeated(":authority", this.#authority);
    encoder.repeated("te", "trailers");
    encoder.repeated("content-type", "application/grpc");
    encoder.repeated("user-agent", "tightwire");
    encoder.repeated("grpc-accept-encoding", ACCEPTED_ENCODINGS);
    // What added entries is written once; the next call's indexes are what every later one's are.
    if (encoder.version !== version || this.#remembered.size >= MAX_REMEMBERED) return;
    this.#remembered.set(path, { version, bytes: Buffer.from(encoder.out.subarray(start, encoder.at)) });
  }
}

function timeoutText(deadline: number): string {
  const left = timeLeftMs(deadline);
  return formatTimeout(left >= WHOLE_MS_FROM ? Math.ceil(left) : left);
}
