import { type ClientTransport, checkTime, refuseUnknownOptions } from "@tightwire/core/runtime";
import { CAPABILITIES } from "../session/capabilities.js";
import { type Limits, resolveLimits } from "../session/limits.js";
import type { ProcessAccount } from "../session/process-account.js";
import { connect } from "./connect.js";
import type { Dial } from "./dial.js";

/** Settings of a client's connections; all optional. */
export interface ClientConnectionOptions {
  /**
   * A connection that was silent for so long gets a PING, in milliseconds, also while it is idle;
   * one whose server does not acknowledge it is closed. Doubled when a server finds them too many,
   * as many do below 300,000. Default `Infinity`: only a server that does not respond to calls gets
   * PINGs.
   */
  readonly keepaliveMs?: number;
  /** How long the acknowledgement of that PING may take, in milliseconds. Default 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /** What servers may make a connection hold, do or wait for. */
  readonly limits?: Partial<Limits>;
}

/** How a client's connections are opened. */
export interface ClientParts {
  readonly dial: Dial;
  /** Whether they are encrypted. */
  readonly secure: boolean;
  /** What servers make this process hold. */
  readonly process: ProcessAccount;
}

const OPTION_NAMES: readonly string[] = ["keepaliveMs", "keepaliveTimeoutMs", "limits"];

/**
 * HTTP/2 for gRPC over connections of any kind. `more` names options that the caller knows. Throws
 * a MisuseError for an unknown option, or a value that is not allowed.
 */
export function clientTransport(
  parts: ClientParts,
  options: ClientConnectionOptions,
  more: readonly string[] = [],
): ClientTransport {
  refuseUnknownOptions("wire", options, [...more, ...OPTION_NAMES]);
  checkTime("keepaliveMs", options.keepaliveMs);
  checkTime("keepaliveTimeoutMs", options.keepaliveTimeoutMs);
  let { keepaliveMs = Number.POSITIVE_INFINITY } = options;
  const { keepaliveTimeoutMs = 20_000 } = options;
  const limits = resolveLimits(options.limits);
  return {
    name: "wire",
    capabilities: CAPABILITIES,
    connect: (endpoint, connectOptions) =>
      connect(endpoint, connectOptions, {
        ...parts,
        session: { limits, keepaliveMs, keepaliveTimeoutMs, firstStreamId: 1 },
        tooManyPings: () => {
          keepaliveMs *= 2;
        },
      }),
  };
}
