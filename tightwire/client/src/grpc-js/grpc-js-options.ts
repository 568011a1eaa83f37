import type { ClientTlsOptions } from "@tightwire/wire/tls";

/** Options of the grpc-js client transport. All are optional. */
export interface GrpcJsOptions {
  /** TLS to the server: `true` for the defaults. Default: cleartext. */
  readonly tls?: boolean | ClientTlsOptions;
  /**
   * Interval of pings in milliseconds, with or without calls, to notice a peer that is gone. Closes
   * the connection when a ping is not acknowledged within the same time, 20,000 at most. Many
   * servers reject less than 300,000. Default: no pings.
   */
  readonly keepaliveMs?: number;
  /**
   * Lets calls ask for compression. grpc-js decides that once for a connection, and then announces
   * `grpc-encoding: gzip` on every call, which servers without gzip reject. Default false.
   */
  readonly compression?: boolean;
}
