import { type ClientTransport, checkTime, refuseUnknownOptions } from "@tightwire/core/runtime";
import { connect } from "./connect.js";
import { credentialsOf } from "./credentials.js";
import type { GrpcJsOptions } from "./grpc-js-options.js";
import { silenceGrpcJs } from "./quiet.js";

/**
 * The client transport over the official `@grpc/grpc-js`, with one connection to one endpoint. The
 * retry policies of grpc-js are off; its transparent retries stay on. Throws a MisuseError at once
 * for an unknown option, a `keepaliveMs` that is not a positive number, or half a client
 * certificate, and a StartError for a PEM file that cannot be read.
 */
export function grpcJs(options: GrpcJsOptions = {}): ClientTransport {
  refuseUnknownOptions("grpcJs", options, ["tls", "keepaliveMs", "compression"]);
  checkTime("keepaliveMs", options.keepaliveMs);
  silenceGrpcJs();
  const creds = credentialsOf(options.tls);
  return {
    name: "grpc-js",
    capabilities: {
      compressRequests: options.compression === true,
      compressResponses: false,
      knowsOutcome: false,
    },
    connect: (endpoint, connectOptions) => connect(endpoint, connectOptions, creds, options),
  };
}
