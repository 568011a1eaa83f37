import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@tightwire/core";
import { type Clock, contain, createReport } from "@tightwire/core/runtime";
import { pathOf, targetOf } from "./request-target.js";

/**
 * The status of a request whose response was not sent completely, as proxies log it. Nearly always
 * the client closed the connection.
 */
const CLIENT_CLOSED = 499;

/** What the logger itself throws cannot be logged. */
const printUnlogged = createReport(undefined);

/** Logs one line per request, when its response was sent or its connection closed. */
export function logRequest(
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger,
  clock: Clock,
): void {
  const { method } = request;
  const startedAt = clock.now();
  response.once("close", () => {
    const durationMs = Math.round((clock.now() - startedAt) * 1_000) / 1_000;
    const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED;
    const fields = { method, path: pathOf(targetOf(request)), status, durationMs };
    contain(
      () => (status >= 500 ? logger.warn(fields, "request") : logger.info(fields, "request")),
      (thrown) => printUnlogged(thrown, "the logger", fields.path),
    );
  });
}
