import type { IncomingMessage } from "node:http";
import type { Clock } from "@tightwire/core/runtime";
import { HttpError } from "./http-error.js";

/** The limits of a request's body. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** How long receiving the whole body may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Reads the whole body of a request. Rejects with a 413 when it is too large, a 408 when it takes
 * too long, a 400 when it is incomplete.
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes, timeoutMs, clock }: BodyLimits,
): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const timer = clock.setTimer(() => finish(timedOut(timeoutMs)), timeoutMs);
    const onData = (part: Buffer): void => {
      length += part.byteLength;
      if (length > maxBytes) finish(tooLarge(maxBytes));
      else parts.push(part);
    };
    const onEnd = (): void => finish();
    const onCut = (): void =>
      finish(new HttpError("cancelled", "the body is incomplete", { httpStatus: 400 }));
    function finish(error?: HttpError): void {
      timer.cancel();
      request.off("data", onData).off("end", onEnd).off("error", onCut).off("close", onCut);
      if (error === undefined)
        return resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
      // Nobody reads the rest: the connection is closed after the response.
      request.on("error", () => {}).pause();
      reject(error);
    }
    request.on("data", onData).on("end", onEnd).on("error", onCut).on("close", onCut);
  });
}

function timedOut(timeoutMs: number): HttpError {
  return new HttpError("deadline_exceeded", `the body did not arrive within ${timeoutMs} ms`, {
    httpStatus: 408,
    headers: { connection: "close" },
  });
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(
    "resource_exhausted",
    `the body is larger than the limit of ${maxBytes} bytes`,
    {
      httpStatus: 413,
      headers: { connection: "close" },
    },
  );
}
