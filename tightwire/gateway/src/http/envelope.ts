import { HttpError } from "./http-error.js";

const PREFIX = 5;
const COMPRESSED = 1;

/** Puts flags and length before a message, as in the bodies of gRPC, gRPC-Web and Connect. */
export function envelope(flags: number, content: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX + content.byteLength);
  framed[0] = flags;
  framed.writeUInt32BE(content.byteLength, 1);
  framed.set(content, PREFIX);
  return framed;
}

/**
 * Reads the one message of a body. Throws a 400 when the body does not hold exactly one message,
 * an UNIMPLEMENTED when the message is compressed.
 */
export function readOneEnvelope(body: Buffer | undefined): Buffer {
  if (body === undefined || body.byteLength < PREFIX)
    throw new HttpError("invalid_argument", "the body has no message");
  if (((body[0] as number) & COMPRESSED) !== 0)
    throw new HttpError("unimplemented", "compressed messages are not supported");
  const length = body.readUInt32BE(1);
  if (body.byteLength === PREFIX + length) return body.subarray(PREFIX);
  const text = `the body must be exactly one message of ${PREFIX + length} bytes (got ${body.byteLength} bytes)`;
  throw new HttpError("invalid_argument", text);
}
