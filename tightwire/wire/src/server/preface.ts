import { type Status, StatusNumber } from "@tightwire/core/runtime";
import { PREFACE } from "../frames/protocol.js";

/** The response to a client that does not speak HTTP/2, which an HTTP/1 client can show. */
export const REFUSAL: Buffer = Buffer.from(
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 55\r\n\r\nThis port speaks gRPC: HTTP/2 with prior knowledge only",
  "latin1",
);

/** The connection of a client that does not speak HTTP/2 closed. */
export const NOT_HTTP2: Status = {
  code: StatusNumber.CANCELLED,
  message: "the client does not speak HTTP/2",
};

/** Reads a client's preface, in as many parts as it comes in. Source: RFC 9113, section 3.4. */
export class PrefaceReader {
  #begun: Buffer = Buffer.alloc(0);

  /** The bytes behind the whole preface; or that more must come, or that it is something else. */
  read(bytes: Buffer): Buffer | "more" | "refused" {
    const begun = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes]);
    const length = Math.min(begun.length, PREFACE.length);
    if (begun.compare(PREFACE, 0, length, 0, length) !== 0) return "refused";
    if (length === PREFACE.length) return begun.subarray(length);
    this.#begun = Buffer.from(begun);
    return "more";
  }
}
