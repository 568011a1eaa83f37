import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import { inProcess } from "@tightwire/server";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { describeTransportContract, type KnownFailure, type SubjectListener } from "@tightwire/testing";
import { afterAll } from "vitest";
import { makeCertificates } from "./certificates.js";

const folder = mkdtempSync(join(tmpdir(), "tightwire-sockets-"));
const certificates = makeCertificates();
afterAll(() => {
  certificates.remove();
  rmSync(folder, { recursive: true, force: true });
});

type ClientOptions = Parameters<typeof grpcJsClient>[0];
type ServerOptions = Parameters<typeof grpcJsServer>[0];
type Listening = Parameters<Parameters<typeof describeTransportContract>[0]["listen"]>[0];

const GRPC_JS = { compressRequests: false, compressResponses: false, knowsProcessed: false };

/** A reset of Node's http2 writes the end of the data and then the reset; what a server reads first is the whole of the requests, as it seems. */
const HALF_CLOSED_BY_RESET = [
  "streams: a client's own requests that throw: the caller gets the cause, the handler hears of it",
  "cancellation: by the caller's signal between two requests of clientStream",
  "cancellation: by the caller's signal between two requests of bidiStream",
  "cancellation: by closing the channel between two requests of clientStream",
  "cancellation: by closing the channel between two requests of bidiStream",
];

/** What grpc-js does not do; each with the reason. */
const GRPC_JS_FAILURES: readonly KnownFailure[] = [
  {
    test: "metadata: carries the key __proto__ as request metadata, headers and trailers",
    reason: "Node's http2 gives headers as an object, in which __proto__ is no key",
  },
  ...HALF_CLOSED_BY_RESET.map((test) => ({
    test,
    reason: "Node's http2 ends the data of a stream before it resets it, in a write of its own",
    sometimes: true,
  })),
];

/** Lets a server listen with grpc-js on the loopback interface; clients name it by address. */
async function listenOnTcp(server: Listening, client?: ClientOptions, options?: ServerOptions): Promise<SubjectListener> {
  const { address } = await server.listen("127.0.0.1:0", grpcJsServer(options));
  return { target: `static:///${address}`, endpoint: { address, authority: address }, transport: grpcJsClient(client) };
}

describeTransportContract({
  name: "in-process",
  capabilities: { compressRequests: true, compressResponses: true, knowsProcessed: true },
  hop: false,
  identity: "tester",
  listen: (server) =>
    Promise.resolve({
      target: "in-process:",
      endpoint: { address: "in-process", authority: "in-process" },
      transport: inProcess(server, { identity: "tester" }),
    }),
  knownFailures: [],
});

describeTransportContract({
  name: "grpc-js over cleartext",
  capabilities: GRPC_JS,
  hop: true,
  identity: undefined,
  listen: (server) => listenOnTcp(server),
  knownFailures: GRPC_JS_FAILURES,
});

let sockets = 0;
describeTransportContract({
  name: "grpc-js over a unix socket, with compression",
  capabilities: { ...GRPC_JS, compressRequests: true },
  hop: true,
  identity: undefined,
  async listen(server) {
    const { address } = await server.listen(`unix:${join(folder, `${sockets++}.sock`)}`, grpcJsServer());
    return { target: address, endpoint: { address, authority: "localhost" }, transport: grpcJsClient({ compression: true }) };
  },
  knownFailures: GRPC_JS_FAILURES,
});

describeTransportContract({
  name: "grpc-js over TLS",
  capabilities: GRPC_JS,
  hop: true,
  identity: undefined,
  listen: (server) => listenOnTcp(server, { tls: { ca: certificates.ca } }, { tls: certificates.server }),
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
