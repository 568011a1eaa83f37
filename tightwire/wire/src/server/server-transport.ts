import { checkTime, refuseUnknownOptions, type ServerTransport } from "@tightwire/core/runtime";
import { CAPABILITIES } from "../session/capabilities.js";
import { type Limits, resolveLimits } from "../session/limits.js";
import type { ProcessAccount } from "../session/process-account.js";
import { ServerConnections } from "./connections.js";
import type { Listen } from "./listen.js";
import { openListener } from "./listener.js";

/** Settings of a server's connections; all optional. */
export interface ServerConnectionOptions {
  /**
   * A connection that was silent for so long gets a PING, in milliseconds; one whose client does
   * not acknowledge it is closed. `Infinity` for never. Default 60,000.
   */
  readonly keepaliveMs?: number;
  /** How long the acknowledgement of that PING may take, in milliseconds. Default 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /** A connection without calls for so long is drained, in milliseconds. Default `Infinity`. */
  readonly maxConnectionIdleMs?: number;
  /**
   * A connection so old is drained, give or take a tenth, so that clients come back to other
   * instances too, in milliseconds. Default `Infinity`.
   */
  readonly maxConnectionAgeMs?: number;
  /**
   * How long calls on such a connection may go on before they are ended, in milliseconds. Default
   * `Infinity`.
   */
  readonly maxConnectionAgeGraceMs?: number;
  /** What clients may make a connection hold, do or wait for. */
  readonly limits?: Partial<Limits>;
}

/** How a server's connections come. */
export interface ServerParts {
  readonly listen: Listen;
  /** What clients make this process hold, over all its listeners. */
  readonly process: ProcessAccount;
}

const TIMES = [
  "keepaliveMs",
  "keepaliveTimeoutMs",
  "maxConnectionIdleMs",
  "maxConnectionAgeMs",
  "maxConnectionAgeGraceMs",
] as const;
const FOREVER: number = Number.POSITIVE_INFINITY;

/**
 * HTTP/2 for gRPC over connections of any kind. `more` names options that the caller knows. Throws
 * a MisuseError for an unknown option, or a value that is not allowed.
 */
export function serverTransport(
  { listen, process }: ServerParts,
  options: ServerConnectionOptions,
  more: readonly string[] = [],
): ServerTransport {
  refuseUnknownOptions("wire", options, [...more, "limits", ...TIMES]);
  for (const name of TIMES) checkTime(name, options[name]);
  const sessionOptions = {
    process,
    limits: resolveLimits(options.limits),
    keepaliveMs: options.keepaliveMs ?? 60_000,
    keepaliveTimeoutMs: options.keepaliveTimeoutMs ?? 20_000,
    maxIdleMs: options.maxConnectionIdleMs ?? FOREVER,
    maxAgeMs: options.maxConnectionAgeMs ?? FOREVER,
    maxAgeGraceMs: options.maxConnectionAgeGraceMs ?? FOREVER,
  };
  return {
    name: "wire",
    capabilities: CAPABILITIES,
    listen: (address, acceptor) =>
      openListener(listen, address, new ServerConnections(acceptor, sessionOptions)),
  };
}
