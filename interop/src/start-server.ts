import type { Logger } from "@tightwire/core";
import type { ServerTransport } from "@tightwire/core/runtime";
import { createServer, type Served, serve } from "@tightwire/server";
import { TestService } from "./gen/grpc/testing/test.service.js";
import { noteRequestCompression } from "./request-compression.js";
import { testService } from "./test-service.js";

/** Tells only what the tests do not expect: a handler that failed. */
const LOGGER: Logger = {
  debug() {},
  info() {},
  warn() {},
  error: (fields, message) => console.error(`interop: ${message}`, fields),
};

/**
 * Serves the tests at an address. `signals`: what makes it stop. Rejects with an Error that says
 * why it cannot listen.
 */
export function startServer(
  address: string,
  transport: ServerTransport,
  signals?: readonly NodeJS.Signals[],
): Promise<Served> {
  const server = createServer({ logger: LOGGER }).add(TestService, testService);
  return serve(server, {
    address,
    transport: noteRequestCompression(transport),
    pauseMs: 0,
    ...(signals === undefined ? {} : { signals }),
  });
}
