import { ServerCredentials } from "@grpc/grpc-js";
import {
  type Acceptor,
  type Capabilities,
  checkCount,
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
   * Pings each connection after so many milliseconds, so that those whose client is gone are
   * closed: when no answer comes within as many more, 20,000 at most. Default 60,000.
   */
  readonly keepaliveMs?: number;
  /** Calls at once on one connection; more wait on the client's side. Default 1,000. */
  readonly maxConcurrentStreams?: number;
}

const CAPABILITIES: Capabilities = {
  compressRequests: true,
  compressResponses: false,
  knowsOutcome: false,
};

/**
 * The server transport over the official `@grpc/grpc-js`. Throws at once for an unknown option, a
 * number that its option does not take, or a PEM file that cannot be read.
 */
export function grpcJs(options: GrpcJsOptions = {}): ServerTransport {
  refuseUnknownOptions("grpcJs", options, ["tls", "keepaliveMs", "maxConcurrentStreams"]);
  checkTime("keepaliveMs", options.keepaliveMs);
  checkCount("maxConcurrentStreams", options.maxConcurrentStreams);
  silenceGrpcJs();
  const credentials = credentialsOf(options.tls);
  const { keepaliveMs = 60_000, maxConcurrentStreams = 1000 } = options;
  return {
    name: "grpc-js",
    capabilities: CAPABILITIES,
    listen: (address: string, acceptor: Acceptor): Promise<Listener> =>
      GrpcJsListener.listen(address, acceptor, credentials, {
        "grpc.max_receive_message_length": acceptor.maxMessageBytes,
        "grpc.max_send_message_length": -1,
        "grpc.max_concurrent_streams": maxConcurrentStreams,
        "grpc.enable_channelz": 0,
        // Node 20 never closes a socket after a connection error by itself; a failed ping does.
        "grpc.keepalive_time_ms": timerMs(keepaliveMs),
        "grpc.keepalive_timeout_ms": Math.min(keepaliveMs, 20_000),
      }),
  };
}

function credentialsOf(tls: ServerTlsOptions | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  refuseUnknownOptions("grpcJs, in tls,", tls, ["certificate", "key", "clientCa"]);
  const pair = {
    cert_chain: readPem("tls.certificate", tls.certificate),
    private_key: readPem("tls.key", tls.key),
  };
  const clientCa = tls.clientCa === undefined ? null : readPem("tls.clientCa", tls.clientCa);
  return ServerCredentials.createSsl(clientCa, [pair], clientCa !== null);
}
