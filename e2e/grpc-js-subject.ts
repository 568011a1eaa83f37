import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import type {
  KnownFailure,
  SubjectListener,
  TransportSubject,
} from "@tightwire/transport-contract";
import { RUNTIME } from "./runtime.js";

type ClientOptions = Parameters<typeof grpcJsClient>[0];
type ServerOptions = Parameters<typeof grpcJsServer>[0];
type Listening = Parameters<TransportSubject["listen"]>[0];

/** What grpc-js can do. */
export const GRPC_JS: TransportSubject["capabilities"] = {
  compressRequests: false,
  compressResponses: false,
  knowsOutcome: false,
};

/**
 * A reset of Node's http2 writes the end of the data and then the reset; what a server reads first
 * is the whole of the requests, as it seems.
 */
const HALF_CLOSED_BY_RESET = [
  "streams: a client's own requests that throw: the caller gets the cause, the handler hears of it",
  "cancellation: by the caller's signal between two requests of clientStream",
  "cancellation: by the caller's signal between two requests of bidiStream",
  "cancellation: by closing the channel between two requests of clientStream",
  "cancellation: by closing the channel between two requests of bidiStream",
];

const PROTO_KEY: KnownFailure = {
  test: "metadata: carries the key __proto__ as request metadata, headers and trailers",
  reason: "Node's http2 gives headers as an object, in which __proto__ is no key",
  failure: {
    kind: "error",
    message: /^request of unary: expected \{ __proto__: '' \} to deeply equal/,
  },
};

const RESET_WITH_INTERNAL_ERROR: readonly KnownFailure[] = [
  {
    test: "cancellation: by the server's forced stop before its first response, after the client's end of unary",
    message: /^expected \[ 'unavailable' \] to include 'internal'/,
  },
  {
    test: "draining: calls that never finish are cancelled, and their handlers told",
    message: /^expected 'internal' to be 'unavailable'/,
  },
].map(({ test, message }) => ({
  test,
  reason: "Bun's node:http2 resets the streams of a destroyed connection with INTERNAL_ERROR",
  failure: { kind: "error", message },
}));

/** What grpc-js does not do on each runtime, every time. On Deno its suites do not run. */
export const RUNTIME_FAILURES: Readonly<Record<typeof RUNTIME, readonly KnownFailure[]>> = {
  node: [PROTO_KEY],
  bun: [PROTO_KEY, ...RESET_WITH_INTERNAL_ERROR],
  deno: [],
};

/** What grpc-js does not do on the runtime at hand; each with the reason. */
export const GRPC_JS_FAILURES: readonly KnownFailure[] = [
  ...RUNTIME_FAILURES[RUNTIME],
  ...HALF_CLOSED_BY_RESET.map(
    (test): KnownFailure => ({
      test,
      reason: "Node's http2 ends the data of a stream before it resets it, in a write of its own",
      failure: { kind: "error", message: /^"reader failed" did not happen; .*"read all"/ },
      sometimes: true,
    }),
  ),
];

/** Lets a server listen with grpc-js on the loopback interface; clients name it by address. */
export async function listenOnTcp(
  server: Listening,
  client?: ClientOptions,
  options?: ServerOptions,
): Promise<SubjectListener> {
  const { address } = await server.listen("127.0.0.1:0", grpcJsServer(options));
  return {
    target: `static:///${address}`,
    endpoint: { address, authority: address },
    transport: grpcJsClient(client),
  };
}
