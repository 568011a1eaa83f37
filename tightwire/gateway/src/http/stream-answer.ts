import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** How an answer in parts is written. */
export interface StreamAnswer<Part> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  part(part: Part): string | Uint8Array;
  /** What stands behind the last part. */
  end(): string | Uint8Array;
  /** What stands there instead when the parts failed. */
  failed(error: unknown): string | Uint8Array;
  /**
   * Whether an answer that fails before its first part is an ordinary error; if not it begins all
   * the same.
   */
  readonly failsWhole: boolean;
}

/**
 * After so long without a part the head is sent all the same: whoever waits then knows that the
 * call is being answered.
 */
const HEAD_AFTER_MS = 1_000;

/**
 * Answers with the parts of an iterable as they come, no faster than the client reads. When the
 * client goes the iterator is left. Rejects with what the iterator threw before its first part, if
 * the head was not sent by then: the caller then answers as it does for any error.
 */
export async function answerInParts<Part>(
  response: ServerResponse,
  parts: AsyncIterator<Part>,
  answer: StreamAnswer<Part>,
): Promise<void> {
  const { socket, method } = response.req;
  const sendHead = (): void => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(answer.status, answer.headers);
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
  };
  const headTimer = setTimeout(() => {
    sendHead();
    response.flushHeaders();
  }, HEAD_AFTER_MS);
  try {
    for (let step = await parts.next(); step.done !== true; step = await parts.next()) {
      clearTimeout(headTimer);
      sendHead();
      if (response.destroyed) return;
      if (method === "HEAD") return void response.end();
      if (!writeTogether(response, answer.part(step.value))) await drained(response);
    }
    sendHead();
    uncork(response);
    response.end(answer.end());
  } catch (error) {
    if (!response.headersSent && answer.failsWhole) throw error;
    sendHead();
    uncork(response);
    response.end(answer.failed(error));
  } finally {
    clearTimeout(headTimer);
    if (response.headersSent) answering.set(socket, (answering.get(socket) ?? 0) - 1);
    await parts.return?.();
  }
}

/** How many answers in parts are under way on a connection. */
const answering = new WeakMap<Socket, number>();

/** Whether an answer in parts is under way on a connection: nothing else may be written there. */
export function isAnswering(socket: Socket): boolean {
  return (answering.get(socket) ?? 0) > 0;
}

/** Writes what is made in one turn of the event loop to the socket at once. */
function writeTogether(response: ServerResponse, part: string | Uint8Array): boolean {
  if (response.writableCorked === 0) {
    response.cork();
    setImmediate(() => uncork(response));
  }
  return response.write(part);
}

/** Before the end, too: Node 24 forgets what is corked then (seen with 24.21). */
function uncork(response: ServerResponse): void {
  if (response.writableCorked > 0) response.uncork();
}

/** Resolves when there is room again, or nobody reads any more. */
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
