import { describeTransportContract } from "@tightwire/transport-contract";
import { afterAll } from "vitest";
import { makeCertificates } from "./certificates.js";
import { GRPC_JS, GRPC_JS_FAILURES, listenOnTcp } from "./grpc-js-subject.js";

const certificates = makeCertificates();
afterAll(() => certificates.remove());

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
