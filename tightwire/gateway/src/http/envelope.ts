import { HttpError } from "./http-error.js";

const PREFIX = 5;
const COMPRESSED = 1;

/** A message behind its flags and length, as gRPC, gRPC-Web and Connect have it in bodies. */
export function envelope(flags: number, content: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX + content.byteLength);
  framed[0] = flags;
  framed.writeUInt32BE(content.byteLength, 1);
  framed.set(content, PREFIX);
  return framed;
}

/**
 * The one message that a body holds. Throws a 400 when it holds none, more or less than one, an
 * UNIMPLEMENTED when it is compressed.
 */
export function readOneEnvelope(body: Buffer | undefined): Buffer {
  if (body === undefined || body.byteLength < PREFIX)
    throw new HttpError("invalid_argument", "the body holds no message");
  if (((body[0] as number) & COMPRESSED) !== 0)
    throw new HttpError("unimplemented", "compressed messages are not taken here");
  const length = body.readUInt32BE(1);
  if (body.byteLength === PREFIX + length) return body.subarray(PREFIX);
  const text = `the body is ${body.byteLength} bytes long, and its one message says that it is ${PREFIX + length}`;
  throw new HttpError("invalid_argument", text);
}
