import { createChannel, createClient } from "@tightwire/client";
import { createServer } from "@tightwire/server";
import { errorOf } from "@tightwire/testing";
import { describeTransportContract, TestService, testMessage } from "@tightwire/transport-contract";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { makeCertificates } from "./certificates.js";
import { GRPC_JS, GRPC_JS_FAILURES, listenOnTcp } from "./grpc-js-subject.js";
import { handlersOf } from "./pitfalls-stage.js";
import { RUNTIME } from "./runtime.js";

const certificates = makeCertificates();
afterAll(() => certificates.remove());

if (RUNTIME === "deno")
  test("grpc-js over TLS makes no call (known failure: Deno's node:http2 takes no TLS socket)", async () => {
    const server = createServer().add(TestService, handlersOf({}));
    onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 100 }));
    const { target, transport } = await listenOnTcp(
      server,
      { tls: { ca: certificates.ca } },
      { tls: certificates.server },
    );
    const channel = createChannel(target, { transport });
    onTestFinished(() => channel.close());
    const error = await errorOf(createClient(TestService, channel).unary(testMessage()));
    expect(error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("the peer does not speak TLS"),
    });
  });
else describeTls();

function describeTls(): void {
  describeTransportContract({
    name: "grpc-js over TLS",
    capabilities: GRPC_JS,
    hop: true,
    identity: undefined,
    listen: (server) =>
      listenOnTcp(server, { tls: { ca: certificates.ca } }, { tls: certificates.server }),
    knownFailures: GRPC_JS_FAILURES,
  });

  describeTransportContract({
    name: "grpc-js over mutual TLS",
    capabilities: GRPC_JS,
    hop: true,
    identity: "spiffe://test/client",
    listen: (server) =>
      listenOnTcp(
        server,
        { tls: { ca: certificates.ca, ...certificates.client } },
        { tls: { ...certificates.server, clientCa: certificates.ca } },
      ),
    knownFailures: GRPC_JS_FAILURES,
  });
}
