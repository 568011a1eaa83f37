import type { Peer } from "@tightwire/core";
import {
  type Acceptor,
  type LimitActed,
  type LimitsReport,
  type Status,
  StatusNumber,
  timerMs,
} from "@tightwire/core/runtime";
import type { ByteConnection } from "../session/byte-connection.js";
import type { ProcessAccount } from "../session/process-account.js";
import { ServerSession } from "./server-session.js";
import type { ServerSessionOptions } from "./session-options.js";

const SHUT_DOWN: Status = {
  code: StatusNumber.UNAVAILABLE,
  message: "the server is shutting down",
};

/** What a server says of its connections, and not its transport. */
type AcceptorOptions = Pick<Acceptor, "maxMessageBytes" | "clock" | "random">;

/** What a transport says of its connections. */
type ConnectionOptions = Omit<ServerSessionOptions, keyof AcceptorOptions> & {
  readonly process: ProcessAccount;
};

/** The open connections of a listener. */
export class ServerConnections {
  readonly acceptor: Acceptor;
  readonly #options: ConnectionOptions & AcceptorOptions;
  readonly #sessions = new Set<ServerSession>();
  readonly #acted: Record<string, number> = {};
  #lastClosed: (() => void) | undefined = undefined;
  /** Whether new connections are refused: the server drains, or is closed. */
  #closing = false;

  constructor(acceptor: Acceptor, options: ConnectionOptions) {
    const { maxMessageBytes, clock, random } = acceptor;
    this.acceptor = acceptor;
    this.#options = { ...options, maxMessageBytes, clock, random };
  }

  /** Serves a connection; not once {@link drain} or {@link close} was called. */
  open(bytes: ByteConnection, peer: Peer): void {
    if (this.#closing) return bytes.transport.destroy();
    const session = new ServerSession(bytes.transport, this.#options, peer, {
      acceptor: this.acceptor,
      limitActed: (event) => this.#limitActed(event),
      sessionClosed: () => this.#closed(session),
    });
    this.#sessions.add(session);
    bytes.read(session, "the client is gone");
  }

  /**
   * Tells all clients to go away. Resolves when their calls have finished, at the latest after
   * `graceMs`.
   */
  async drain(graceMs: number): Promise<void> {
    this.#closing = true;
    for (const session of this.#sessions) session.drain();
    if (this.#sessions.size === 0) return;
    await new Promise<void>((resolve) => {
      const forced = this.acceptor.clock.setTimer(resolve, timerMs(graceMs));
      this.#lastClosed = () => {
        forced.cancel();
        resolve();
      };
    });
  }

  /** Closes all now. */
  close(): void {
    this.#closing = true;
    for (const session of [...this.#sessions]) session.close(SHUT_DOWN);
  }

  limits(): LimitsReport {
    const { process, limits } = this.#options;
    return {
      heldBytes: process.held,
      maxHeldBytesTotal: limits.maxHeldBytesTotal,
      acted: { ...this.#acted },
      connections: [...this.#sessions].map(({ peer, session: { account } }) => ({
        peer: peer.address,
        heldBytes: account.held,
        acted: account.timesActed,
      })),
    };
  }

  #limitActed(event: LimitActed): void {
    this.#acted[event.limit] = (this.#acted[event.limit] ?? 0) + 1;
    this.acceptor.limitActed?.(event);
  }

  #closed(session: ServerSession): void {
    this.#sessions.delete(session);
    if (this.#sessions.size === 0) this.#lastClosed?.();
  }
}
