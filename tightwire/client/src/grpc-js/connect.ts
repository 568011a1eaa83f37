import { isIP } from "node:net";
import {
  Channel,
  type ChannelCredentials,
  connectivityState,
  Metadata as GrpcMetadata,
} from "@grpc/grpc-js";
import type { Connection, ConnectOptions, Endpoint } from "@tightwire/core/runtime";
import { channelOptions } from "./channel-options.js";
import { connectFailure } from "./connect-failure.js";
import { takeSockets } from "./connecting-sockets.js";
import { GrpcJsConnection } from "./connection.js";
import type { GrpcJsOptions } from "./grpc-js-options.js";

/**
 * Connects to one endpoint. Rejects with an Error that says why, after the timeout at the latest.
 * grpc-js alone would try for ever (grpc-node#2785), also when nobody wants the connection any
 * more.
 */
export function connect(
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
  const { timeoutMs, signal, clock } = connectOptions;
  const tls = options.tls !== undefined && options.tls !== false;
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs);
    const aborted = (): void => fail("the channel was closed");
    let finished = false;
    function finish(): void {
      finished = true;
      timer.cancel();
      signal?.removeEventListener("abort", aborted);
    }
    function fail(reason: string): void {
      finish();
      channel.close();
      destroySockets();
      reject(new Error(reason));
    }
    function watch(): void {
      if (finished) return;
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) {
        finish();
        resolve(new GrpcJsConnection(channel, endpoint, tls, clock));
      } else if (state === connectivityState.TRANSIENT_FAILURE) {
        void failureOf(channel).then(fail);
      } else if (state !== connectivityState.SHUTDOWN) {
        channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, watch);
      }
    }
    if (signal?.aborted === true) return aborted();
    signal?.addEventListener("abort", aborted);
    watch();
  });
}

/** Why grpc-js cannot connect. It tells only a call, so one is made, which fails at once. */
function failureOf(channel: Channel): Promise<string> {
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

/** `127.0.0.1:50051` as a grpc-js target that needs no name resolution. */
function grpcTarget(address: string): string {
  if (address.startsWith("unix:")) return address;
  const host = address.replace(/:\d+$/, "");
  if (isIP(host) === 4) return `ipv4:${address}`;
  return host.startsWith("[") ? `ipv6:${address}` : `dns:${address}`;
}
