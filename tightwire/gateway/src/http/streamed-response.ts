import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@tightwire/core/runtime";
import { uncork, writeTogether } from "./write-together.js";

/** How a response that is sent in parts is written. */
export interface StreamedResponse<Part> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  part(part: Part): string | Uint8Array;
  /** What follows the last part. */
  end(): string | Uint8Array;
  /** What follows instead when the parts failed. */
  failed(error: unknown): string | Uint8Array;
  /**
   * Whether a failure before the first part becomes an ordinary error response. If not, the
   * response starts all the same and reports the failure at its end.
   */
  readonly failsWhole: boolean;
}

/**
 * Without a part for this long the head is sent alone: the client then knows that the call was
 * accepted.
 */
const HEAD_AFTER_MS = 1_000;

/**
 * Sends the parts of an iterator as they come, no faster than the client reads. Returns the
 * iterator when the client closes the connection. Rejects with what the iterator threw before its
 * first part, if the head was not sent by then: the caller then sends an ordinary error response.
 */
export async function sendStream<Part>(
  response: ServerResponse,
  parts: AsyncIterator<Part>,
  format: StreamedResponse<Part>,
  clock: Clock,
): Promise<void> {
  const { socket, method } = response.req;
  const sendHead = (): void => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(format.status, format.headers);
    streaming.set(socket, (streaming.get(socket) ?? 0) + 1);
  };
  const headTimer = clock.setTimer(() => {
    sendHead();
    response.flushHeaders();
  }, HEAD_AFTER_MS);
  try {
    for (let step = await parts.next(); step.done !== true; step = await parts.next()) {
      headTimer.cancel();
      sendHead();
      if (response.destroyed) return;
      if (method === "HEAD") return void response.end();
      if (!writeTogether(response, format.part(step.value), clock)) await drained(response);
    }
    sendHead();
    uncork(response);
    response.end(format.end());
  } catch (error) {
    if (!response.headersSent && format.failsWhole) throw error;
    sendHead();
    uncork(response);
    response.end(format.failed(error));
  } finally {
    headTimer.cancel();
    if (response.headersSent) streaming.set(socket, (streaming.get(socket) ?? 0) - 1);
    await parts.return?.();
  }
}

/** How many streamed responses of each connection are not finished. */
const streaming = new WeakMap<Socket, number>();

/** Whether a connection has an unfinished streamed response: nothing else may be written then. */
export function isStreaming(socket: Socket): boolean {
  return (streaming.get(socket) ?? 0) > 0;
}

/** Resolves when the response can take more, or its connection closed. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
    if (response.destroyed) done();
  });
}
