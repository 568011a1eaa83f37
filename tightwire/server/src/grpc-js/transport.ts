import { ServerCredentials } from "@grpc/grpc-js";
import {
  type Acceptor,
  type Capabilities,
  checkArgument,
  checkCount,
  checkOption,
  checkTime,
  type Listener,
  refuseUnknownOptions,
  type ServerTransport,
  timerMs,
} from "@tightwire/core/runtime";
import { readPem, type ServerTlsOptions } from "@tightwire/wire/tls";
import { GrpcJsListener } from "./listener.js";
import { silenceGrpcJs } from "./quiet.js";

/** Settings of the grpc-js server transport; all optional. */
export interface GrpcJsOptions {
  /** TLS, and mutual TLS with `clientCa`. Default: cleartext. */
  readonly tls?: ServerTlsOptions;
  /**
   * How often each connection is pinged, in milliseconds, to find dead clients. A connection whose
   * client does not respond within the same time, 20,000 at most, is closed. Default 60,000.
   */
  readonly keepaliveMs?: number;
  /** How many calls a connection has at once; more wait on the client's side. Default 1,000. */
  readonly maxConcurrentStreams?: number;
}

const DEFAULT_KEEPALIVE_MS = 60_000;
const MAX_KEEPALIVE_TIMEOUT_MS = 20_000;
const DEFAULT_MAX_CONCURRENT_STREAMS = 1000;

const CAPABILITIES: Capabilities = {
  compressRequests: true,
  compressResponses: false,
  knowsOutcome: false,
};

/**
 * The server transport over the official `@grpc/grpc-js`. Throws at once for an unknown or invalid
 * option, and for a PEM file that cannot be read.
 */
export function grpcJs(options: GrpcJsOptions = {}): ServerTransport {
  checkArgument("the options of grpcJs", options, "object");
  refuseUnknownOptions("grpcJs", options, ["tls", "keepaliveMs", "maxConcurrentStreams"]);
  checkTime("keepaliveMs", options.keepaliveMs);
  checkCount("maxConcurrentStreams", options.maxConcurrentStreams);
  checkOption("tls", options.tls, "object");
  silenceGrpcJs();
  const credentials = credentialsOf(options.tls);
  const {
    keepaliveMs = DEFAULT_KEEPALIVE_MS,
    maxConcurrentStreams = DEFAULT_MAX_CONCURRENT_STREAMS,
  } = options;
  return {
    name: "grpc-js",
    capabilities: CAPABILITIES,
    listen: (address: string, acceptor: Acceptor): Promise<Listener> =>
      GrpcJsListener.listen(address, acceptor, credentials, {
        "grpc.max_receive_message_length": acceptor.maxMessageBytes,
        "grpc.max_send_message_length": -1,
        "grpc.max_concurrent_streams": maxConcurrentStreams,
        "grpc.enable_channelz": 0,
        // Node 20 never closes a socket by itself after a connection error; a failed ping does.
        "grpc.keepalive_time_ms": timerMs(keepaliveMs),
        "grpc.keepalive_timeout_ms": Math.min(keepaliveMs, MAX_KEEPALIVE_TIMEOUT_MS),
      }),
  };
}

function credentialsOf(tls: ServerTlsOptions | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  refuseUnknownOptions("grpcJs, in tls,", tls, ["certificate", "key", "clientCa"]);
  checkArgument("tls.certificate", tls.certificate, "string");
  checkArgument("tls.key", tls.key, "string");
  checkOption("tls.clientCa", tls.clientCa, "string");
  const pair = {
    cert_chain: readPem("tls.certificate", tls.certificate),
    private_key: readPem("tls.key", tls.key),
  };
  const clientCa = tls.clientCa === undefined ? null : readPem("tls.clientCa", tls.clientCa);
  return ServerCredentials.createSsl(clientCa, [pair], clientCa !== null);
}
