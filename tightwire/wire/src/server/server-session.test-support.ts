import { type Acceptor, SYSTEM } from "@tightwire/core/runtime";
import type { ByteTransport } from "../session/byte-transport.js";
import { silentTransport } from "../session/byte-transport.test-support.js";
import { DEFAULT_LIMITS } from "../session/limits.js";
import { ServerSession } from "./server-session.js";
import type { ServerSessionOptions } from "./session-options.js";

const NEVER = Number.POSITIVE_INFINITY;

/** A server's session without a socket, which nothing but its peer ends. */
export function openServerSession(
  acceptor: Acceptor,
  transport: Partial<ByteTransport> = {},
  options: Partial<ServerSessionOptions> = {},
): ServerSession {
  return new ServerSession(
    silentTransport(transport),
    {
      ...SYSTEM,
      // Of its own: how much is read in a turn does not depend on other sessions.
      clock: { ...SYSTEM.clock },
      limits: DEFAULT_LIMITS,
      maxMessageBytes: acceptor.maxMessageBytes,
      keepaliveMs: NEVER,
      keepaliveTimeoutMs: 1,
      maxIdleMs: NEVER,
      maxAgeMs: NEVER,
      maxAgeGraceMs: NEVER,
      ...options,
    },
    { kind: "network", address: "test" },
    { acceptor, sessionClosed() {} },
  );
}
