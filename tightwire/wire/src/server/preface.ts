import { PREFACE } from "../frames/protocol.js";

/** What is answered to whoever does not speak HTTP/2, in words that an HTTP/1 client can show. */
export const REFUSAL: Buffer = Buffer.from(
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 55\r\n\r\nThis port speaks gRPC: HTTP/2 with prior knowledge only",
  "latin1",
);

/**
 * Where frames begin behind a client's preface; `not yet` while it may still become one; what is
 * answered to something else, in words that an HTTP/1 client can show. Source: RFC 9113, section
 * 3.4.
 */
export function refusePreface(bytes: Buffer): number | "not yet" | Buffer {
  const length = Math.min(bytes.length, PREFACE.length);
  if (bytes.compare(PREFACE, 0, length, 0, length) !== 0) return REFUSAL;
  return length === PREFACE.length ? length : "not yet";
}
