import { type Connection, SYSTEM } from "@tightwire/core/runtime";
import type { SeededRandom } from "@tightwire/testing";
import { wire } from "@tightwire/wire/client";
import { SOAK_MESSAGE_BYTES } from "./soak-plan.js";

/** A client's connections to one address, made anew when they end. */
export interface SoakConnections {
  /** How many were made. */
  readonly made: number;
  /** One that takes calls. */
  pick(): Promise<Connection>;
  /** Closes one, with some time for its calls or none. */
  closeOne(): void;
  close(): Promise<void>;
}

/** Keeps `count` connections. */
export function keepConnections(
  address: string,
  count: number,
  random: SeededRandom,
): SoakConnections {
  const transport = wire();
  const open: (Connection | undefined)[] = new Array<Connection | undefined>(count).fill(undefined);
  const pending: (Promise<Connection> | undefined)[] = new Array<Promise<Connection> | undefined>(
    count,
  ).fill(undefined);
  let made = 0;

  async function connect(slot: number): Promise<Connection> {
    for (;;) {
      try {
        const connection = await transport.connect(
          { address, authority: "localhost" },
          { timeoutMs: 5_000, maxMessageBytes: SOAK_MESSAGE_BYTES, ...SYSTEM },
        );
        made++;
        open[slot] = connection;
        connection.onState(() => {
          if (open[slot] === connection) open[slot] = undefined;
        });
        return connection;
      } catch {
        // It was cut while it was made.
      } finally {
        pending[slot] = undefined;
      }
    }
  }
  return {
    get made() {
      return made;
    },
    pick() {
      const slot = random.below(count);
      const connection = open[slot];
      if (connection !== undefined) return Promise.resolve(connection);
      pending[slot] ??= connect(slot);
      return pending[slot];
    },
    closeOne() {
      const connection = open[random.below(count)];
      void connection?.close(random.chance(50) ? 0 : 200);
    },
    async close() {
      await Promise.all(pending);
      await Promise.all(open.map((connection) => connection?.close(0)));
    },
  };
}
