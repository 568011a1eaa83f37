import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { describeTransportContract } from "@tightwire/transport-contract";
import { afterAll, test } from "vitest";
import { GRPC_JS, GRPC_JS_FAILURES, listenOnTcp } from "./grpc-js-subject.js";
import { RUNTIME } from "./runtime.js";

const folder = mkdtempSync(join(tmpdir(), "tightwire-sockets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// On Deno these suites end their process at times, without a word.
if (RUNTIME === "deno")
  test.skip("grpc-js without TLS (skipped: ends the process of Deno 2.9 at times)", () => {});
else {
  describeCleartext();
  describeUnixSockets();
}

function describeCleartext(): void {
  describeTransportContract({
    name: "grpc-js over cleartext",
    capabilities: GRPC_JS,
    hop: true,
    identity: undefined,
    listen: (server) => listenOnTcp(server),
    knownFailures: GRPC_JS_FAILURES,
  });
}

function describeUnixSockets(): void {
  let sockets = 0;
  describeTransportContract({
    name: "grpc-js over a unix socket, with compression",
    capabilities: { ...GRPC_JS, compressRequests: true },
    hop: true,
    identity: undefined,
    async listen(server) {
      const { address } = await server.listen(
        `unix:${join(folder, `${sockets++}.sock`)}`,
        grpcJsServer(),
      );
      return {
        target: address,
        endpoint: { address, authority: "localhost" },
        transport: grpcJsClient({ compression: true }),
      };
    },
    knownFailures: GRPC_JS_FAILURES,
  });
}
