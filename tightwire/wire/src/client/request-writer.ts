import { formatTimeout, type OutgoingCall } from "@tightwire/core/runtime";
import { ACCEPTED_ENCODINGS } from "../grpc/compression.js";
import { mostMetadataBytes, writeMetadata } from "../grpc/metadata-fields.js";
import { RepeatedFields } from "../hpack/repeated-fields.js";
import type { Session } from "../session/session.js";

/** Room for the fields of a request that do not depend on the call. */
const MOST_FIXED_BYTES = 320;
/** Methods whose heads are remembered for a connection. */
const MAX_REMEMBERED = 1_000;
/** From here on a millisecond more or less is no matter, and the shorter text is. */
const WHOLE_MS_FROM = 100;

/**
 * Writes the heads of requests on one connection. Source: the gRPC over HTTP/2 protocol document,
 * "Requests".
 */
export class RequestWriter {
  readonly #session: Session;
  readonly #scheme: string;
  readonly #authority: string;
  readonly #repeated = new Map<string, RepeatedFields>();

  constructor(session: Session, scheme: "http" | "https", authority: string) {
    this.#session = session;
    this.#scheme = scheme;
    this.#authority = authority;
  }

  /** Writes the HEADERS of a call; `now` is the connection's time. */
  write(streamId: number, call: OutgoingCall, now: number): void {
    const most =
      MOST_FIXED_BYTES +
      call.path.length +
      this.#authority.length +
      mostMetadataBytes(call.metadata);
    const encoder = this.#session.headers.begin(most);
    this.#repeatedOf(call.path).write(encoder);
    if (call.compress) encoder.repeated("grpc-encoding", "gzip");
    if (call.deadline !== Number.POSITIVE_INFINITY)
      encoder.literal("grpc-timeout", timeoutText(call.deadline - now));
    if (call.previousAttempts > 0)
      encoder.literal("grpc-previous-rpc-attempts", String(call.previousAttempts));
    writeMetadata(encoder, call.metadata);
    this.#session.headers.end(streamId, false);
  }

  /** What is the same on every call of a method. */
  #repeatedOf(path: string): RepeatedFields {
    let fields = this.#repeated.get(path);
    if (fields === undefined) {
      fields = new RepeatedFields([
        [":method", "POST"],
        [":scheme", this.#scheme],
        [":path", path],
        [":authority", this.#authority],
        ["te", "trailers"],
        ["content-type", "application/grpc"],
        ["user-agent", "tightwire"],
        ["grpc-accept-encoding", ACCEPTED_ENCODINGS],
      ]);
      if (this.#repeated.size < MAX_REMEMBERED) this.#repeated.set(path, fields);
    }
    return fields;
  }
}

function timeoutText(leftMs: number): string {
  return formatTimeout(leftMs >= WHOLE_MS_FROM ? Math.ceil(leftMs) : leftMs);
}
