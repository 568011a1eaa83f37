import { describeTransportContract } from "@tightwire/transport-contract";
import { afterAll } from "vitest";
import { makeCertificates } from "./certificates.js";
import { listenOnTcp, WIRE } from "./wire-subject.js";

const certificates = makeCertificates();
afterAll(() => certificates.remove());

describeTransportContract({
  name: "wire over TLS",
  capabilities: WIRE,
  hop: true,
  identity: undefined,
  listen: (server) =>
    listenOnTcp(server, { tls: { ca: certificates.ca } }, { tls: certificates.server }),
  knownFailures: [],
});

describeTransportContract({
  name: "wire over mutual TLS",
  capabilities: WIRE,
  hop: true,
  identity: "spiffe://test/client",
  listen: (server) =>
    listenOnTcp(
      server,
      { tls: { ca: certificates.ca, ...certificates.client } },
      { tls: { ...certificates.server, clientCa: certificates.ca } },
    ),
  knownFailures: [],
});
