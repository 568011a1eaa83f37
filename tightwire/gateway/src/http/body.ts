import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.js";

/** What a body may be. */
export interface BodyBounds {
  readonly maxBytes: number;
  /** How long all of it may take. */
  readonly timeoutMs: number;
}

/**
 * Reads the whole body of a request. Rejects with a 413 when it is too large, a 408 when it takes
 * too long, a 400 when it is cut short.
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes, timeoutMs }: BodyBounds,
): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => {
      const text = `the body did not come within ${timeoutMs} ms`;
      finish(
        new HttpError("deadline_exceeded", text, {
          httpStatus: 408,
          headers: { connection: "close" },
        }),
      );
    }, timeoutMs);
    const onData = (part: Buffer): void => {
      length += part.byteLength;
      if (length > maxBytes) finish(tooLarge(maxBytes));
      else parts.push(part);
    };
    const onEnd = (): void => finish();
    const onCut = (): void =>
      finish(new HttpError("cancelled", "the body was cut short", { httpStatus: 400 }));
    function finish(refusal?: HttpError): void {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("error", onCut).off("close", onCut);
      if (refusal === undefined)
        return resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
      // Nobody reads the rest: the connection ends with the answer.
      request.on("error", () => {}).pause();
      reject(refusal);
    }
    request.on("data", onData).on("end", onEnd).on("error", onCut).on("close", onCut);
  });
}

function tooLarge(maxBytes: number): HttpError {
  const text = `the body is larger than the ${maxBytes} bytes that are taken`;
  return new HttpError("resource_exhausted", text, {
    httpStatus: 413,
    headers: { connection: "close" },
  });
}
