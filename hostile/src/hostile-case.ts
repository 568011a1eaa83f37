import type { Socket } from "node:net";
import type { RawConnection } from "./peer/raw-connection.js";

/** Where an attack takes place: one connection of it, or what it makes of that. */
export interface Stage {
  /** Which of the attackers this is, from 0. */
  readonly attacker: number;
  /** How many attack at once. */
  readonly attackers: number;
  /** When the attack has to end, by `performance.now()`. */
  readonly deadline: number;
  /** Whether it goes on: before the deadline. */
  goesOn(): boolean;
  /** A connection that has sent its preface and these SETTINGS and got the server's. */
  connect(settings?: Buffer): Promise<RawConnection>;
  /** A connection that has said nothing; over TLS its handshake is done. */
  connectSilently(): Promise<RawConnection>;
  /** A TCP connection without TLS, whatever the server speaks. */
  connectTcp(): Promise<Socket>;
  /** Counts what the attacker makes a server do that is wrong: the verdict is then bad. */
  fault(what: string): void;
}

/** One thing that a hostile peer does. */
export interface HostileCase {
  /** Kebab-case. */
  readonly name: string;
  /** What the peer does, in one sentence. */
  readonly does: string;
  /** The points of the checklist in `docs/reference/hostile.md` that it is about. */
  readonly points: readonly number[];
  /** Whether it is about TLS: it is then run over TLS against every subject. */
  readonly tls?: boolean;
  /** The limit that holds it, as `docs/reference/wire-limits.md` names it. */
  readonly limit: string;
  /** What it may make the server hold for one connection, in bytes. */
  readonly heldBytes: number;
  /** How long it takes at most, in seconds. Default 2. */
  readonly seconds?: number;
  /** grpc-statuses that no call of it may get. Default none. */
  readonly wrongStatuses?: readonly string[];
  /** Runs on each connection. */
  attack(stage: Stage): Promise<void>;
}

/** How long a case attacks when it does not say so. */
export const DEFAULT_SECONDS = 2;
