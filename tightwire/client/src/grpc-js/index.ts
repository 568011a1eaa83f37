import { isIP } from "node:net";
import {
  Channel,
  type ChannelCredentials,
  type ChannelOptions,
  compressionAlgorithms,
  connectivityState,
  credentials,
  Metadata as GrpcMetadata,
} from "@grpc/grpc-js";
import {
  type Capabilities,
  type ClientTransport,
  type Connection,
  type ConnectOptions,
  checkTime,
  type Endpoint,
  refuseUnknownOptions,
  timerMs,
} from "@tightwire/core/runtime";
import { type ClientTlsOptions, readPem } from "@tightwire/wire/tls";
import { connectFailure } from "./connect-failure.js";
import { takeSockets } from "./connecting-sockets.js";
import { GrpcJsConnection } from "./connection.js";
import { silenceGrpcJs } from "./quiet.js";
import { nameNoAddress } from "./server-name.js";

/** Settings of the grpc-js client transport; all optional. */
export interface GrpcJsOptions {
  /** TLS to the server: `true` for the defaults. Default: cleartext. */
  readonly tls?: boolean | ClientTlsOptions;
  /**
   * Pings an idle connection after so many milliseconds, to notice a peer that is gone without a
   * word; it is given up when no answer comes within as many more, 20,000 at most. Many servers
   * refuse less than 300,000. Default: no pings.
   */
  readonly keepaliveMs?: number;
  /**
   * Lets calls ask for compression. grpc-js decides that once a connection, and then announces
   * `grpc-encoding: gzip` on every call, which servers without gzip refuse. Default false.
   */
  readonly compression?: boolean;
}

/**
 * The client transport over the official `@grpc/grpc-js`: one connection to one address each. It
 * has no retry policy of grpc-js; its transparent retries stay on. Throws at once for an unknown
 * option, a `keepaliveMs` that is no time, a PEM file that cannot be read, or half a client
 * certificate.
 */
export function grpcJs(options: GrpcJsOptions = {}): ClientTransport {
  refuseUnknownOptions("grpcJs", options, ["tls", "keepaliveMs", "compression"]);
  checkTime("keepaliveMs", options.keepaliveMs);
  silenceGrpcJs();
  const creds = credentialsOf(options.tls);
  return {
    name: "grpc-js",
    capabilities: capabilitiesOf(options),
    connect: (endpoint, connectOptions) => connect(endpoint, connectOptions, creds, options),
  };
}

function capabilitiesOf(options: GrpcJsOptions): Capabilities {
  return {
    compressRequests: options.compression === true,
    compressResponses: false,
    knowsOutcome: false,
  };
}

function credentialsOf(tls: GrpcJsOptions["tls"]): ChannelCredentials {
  if (tls === undefined || tls === false) return credentials.createInsecure();
  if (tls !== true)
    refuseUnknownOptions("grpcJs, in tls,", tls, ["ca", "certificate", "key", "serverName"]);
  const { ca, certificate, key } = tls === true ? {} : tls;
  if ((certificate === undefined) !== (key === undefined))
    throw new TypeError("tls.certificate and tls.key go together");
  return nameNoAddress(
    credentials.createSsl(
      ca === undefined ? null : readPem("tls.ca", ca),
      key === undefined ? null : readPem("tls.key", key),
      certificate === undefined ? null : readPem("tls.certificate", certificate),
    ),
  );
}

function channelOptions(
  endpoint: Endpoint,
  connectOptions: ConnectOptions,
  options: GrpcJsOptions,
): ChannelOptions {
  const serverName = typeof options.tls === "object" ? options.tls.serverName : undefined;
  const host = endpoint.authority.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const proved = serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    "grpc.default_authority": endpoint.authority,
    "grpc.max_receive_message_length": connectOptions.maxMessageBytes,
    "grpc.max_send_message_length": -1,
    "grpc.service_config_disable_resolution": 1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_channelz": 0,
    "grpc.primary_user_agent": "tightwire",
    // Small windows make large answers wait for round trips; 4 MiB did 1.3 times the calls at 64
    // KiB an answer.
    "grpc-node.flow_control_window": 4 * 1024 * 1024,
    ...(options.compression === true
      ? { "grpc.default_compression_algorithm": compressionAlgorithms.gzip }
      : {}),
    ...(proved === undefined ? {} : { "grpc.ssl_target_name_override": proved }),
    ...(options.keepaliveMs === undefined
      ? {}
      : {
          "grpc.keepalive_time_ms": timerMs(options.keepaliveMs),
          "grpc.keepalive_timeout_ms": Math.min(options.keepaliveMs, 20_000),
          "grpc.keepalive_permit_without_calls": 1,
        }),
  };
}

/**
 * Resolves once the connection stands. grpc-js alone would try for ever (grpc-node#2785), and go on
 * when nobody wants it any more.
 */
function connect(
  endpoint: Endpoint,
  connectOptions: ConnectOptions,
  creds: ChannelCredentials,
  options: GrpcJsOptions,
): Promise<Connection> {
  const channel = new Channel(
    grpcTarget(endpoint.address),
    creds,
    channelOptions(endpoint, connectOptions, options),
  );
  const destroySockets = takeSockets(channel);
  const { timeoutMs, signal } = connectOptions;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs);
    const leave = (): void => fail("the channel was closed");
    let settled = false;
    function settle(): void {
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
    }
    function fail(why: string): void {
      settle();
      channel.close();
      destroySockets();
      reject(new Error(why));
    }
    function watch(): void {
      if (settled) return;
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) {
        settle();
        resolve(
          new GrpcJsConnection(
            channel,
            endpoint,
            options.tls !== undefined && options.tls !== false,
          ),
        );
      } else if (state === connectivityState.TRANSIENT_FAILURE) {
        void reasonOf(channel).then(fail);
      } else if (state !== connectivityState.SHUTDOWN) {
        channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, watch);
      }
    }
    if (signal?.aborted === true) return leave();
    signal?.addEventListener("abort", leave);
    watch();
  });
}

/** grpc-js tells why it cannot connect only to a call: one is made and fails at once. */
function reasonOf(channel: Channel): Promise<string> {
  return new Promise((resolve) => {
    const call = channel.createCall("/", Date.now() + 100, null, null, 0);
    call.start(new GrpcMetadata(), {
      onReceiveMetadata() {},
      onReceiveMessage() {},
      onReceiveStatus: ({ details }) => resolve(connectFailure(details)),
    });
    call.halfClose();
  });
}

/** `127.0.0.1:50051` as grpc-js names it, so that it looks nothing up. */
function grpcTarget(address: string): string {
  if (address.startsWith("unix:")) return address;
  const host = address.replace(/:\d+$/, "");
  if (isIP(host) === 4) return `ipv4:${address}`;
  return host.startsWith("[") ? `ipv6:${address}` : `dns:${address}`;
}
