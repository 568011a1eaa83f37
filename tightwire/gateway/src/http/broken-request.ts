import type { Socket } from "node:net";
import { errorResponse } from "./error-response.js";
import { HttpError } from "./http-error.js";
import { sendRaw } from "./raw-response.js";
import type { ListenerParts } from "./request-listener.js";
import { isStreaming } from "./streamed-response.js";

/** The largest head of a request. */
export const MAX_HEADER_BYTES = 16_384;

type ClientError = Error & { readonly code?: string };

/**
 * Refuses what is not HTTP, takes too long or has too many headers. Node reports it before there is
 * a request with a response, so the response is written to the socket.
 */
export function refuseBrokenRequest(
  error: ClientError,
  socket: Socket,
  { registry, settings }: ListenerParts,
): void {
  if (socket.writableEnded) return; // it was refused, and still sends
  if (error.code === "ECONNRESET" || !socket.writable || isStreaming(socket))
    return void socket.destroy();
  sendRaw(socket, errorResponse(asHttpError(error), undefined, registry()), settings.clock);
}

function asHttpError({ code, message }: ClientError): HttpError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT")
    return new HttpError("deadline_exceeded", "the request did not arrive in time", {
      httpStatus: 408,
    });
  if (code === "HPE_HEADER_OVERFLOW")
    return new HttpError(
      "resource_exhausted",
      `the headers are larger than the limit of ${MAX_HEADER_BYTES} bytes`,
      { httpStatus: 431 },
    );
  return new HttpError("invalid_argument", `the request is not valid HTTP/1.1: ${message}`);
}
