import type { HeldBytes } from "@tightwire/core/runtime";

/** When a connection has to give up memory, it gives up at least this share of the limit. */
const SHED_SHARE = 1 / 64;

/** A connection as the process sees it. */
export interface Holder {
  readonly held: HeldBytes;
  readonly heldBytes: number;
  /** Frees at least so many bytes by failing calls, or by closing the connection. */
  shed(bytes: number): void;
}

/**
 * What all connections of one side, client or server, make the process hold. When it is full, the
 * connection that holds most gives up calls, and the others go on.
 */
export class ProcessAccount {
  heldBytes = 0;
  readonly #holders = new Set<Holder>();

  add(holder: Holder): void {
    this.#holders.add(holder);
  }

  delete(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** What is held, by kind. Worth a walk over the connections. */
  get held(): HeldBytes {
    const sum = {
      unparsed: 0,
      undecoded: 0,
      decoded: 0,
      headers: 0,
      calls: 0,
      unread: 0,
      waiting: 0,
    };
    for (const { held } of this.#holders) {
      sum.undecoded += held.undecoded;
      sum.decoded += held.decoded;
      sum.headers += held.headers;
      sum.calls += held.calls;
      sum.unread += held.unread;
      sum.unparsed += held.unparsed;
      sum.waiting += held.waiting;
    }
    return sum;
  }

  /**
   * Makes room for so many bytes of `asker` at the cost of connections that hold more. False when
   * none does: then it is `asker` who has to do without. A connection gives up a share of the limit
   * at once, so that the walk over the connections is rare.
   */
  makeRoom(asker: Holder, bytes: number, max: number): boolean {
    while (this.heldBytes + bytes > max) {
      const before = this.heldBytes;
      const largest = this.#largest();
      if (largest === undefined || largest.heldBytes <= asker.heldBytes) return false;
      largest.shed(Math.max(bytes, max * SHED_SHARE));
      if (this.heldBytes >= before) return false;
    }
    return true;
  }

  #largest(): Holder | undefined {
    let largest: Holder | undefined;
    for (const holder of this.#holders)
      if (largest === undefined || holder.heldBytes > largest.heldBytes) largest = holder;
    return largest;
  }
}
