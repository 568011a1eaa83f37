import type { Clock } from "@tightwire/core/runtime";
import type { Dial, Listen, Listening } from "@tightwire/wire/bytes";
import { createRandom, mixSeeds } from "../random.js";
import { type Place, SimulatedConnection } from "./connection.js";
import { later } from "./later.js";
import { Link } from "./link.js";

/** What accepts connections at an address. */
interface Bound {
  readonly place: Place;
  readonly accepted: Parameters<Listen>[1];
}

/** A host, as the network sees it. */
export interface NetworkHost {
  readonly name: string;
  /** `10.0.0.1` */
  readonly address: string;
  /** Whether its kernel responds: not when it lost its power. */
  readonly isUp: boolean;
}

/** Hosts, the links between them, and who listens where. */
export class SimulatedNetwork {
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #note: (line: string) => void;
  readonly #hosts = new Map<string, NetworkHost>();
  readonly #links = new Map<string, Link>();
  readonly #bound = new Map<string, Bound>();
  readonly #connections = new Set<SimulatedConnection>();
  #ports = 40_000;

  constructor(clock: Clock, seed: number, note: (line: string) => void) {
    this.#clock = clock;
    this.#seed = seed;
    this.#note = note;
  }

  /** How many connections are open, or half open. */
  get connections(): number {
    return this.#connections.size;
  }

  join(host: NetworkHost): void {
    this.#hosts.set(host.address, host);
  }

  /** The link between two hosts, by name; it is the same both ways. */
  link(one: string, other: string): Link {
    const name = [one, other].sort().join(" - ");
    let link = this.#links.get(name);
    if (link === undefined) {
      link = new Link(name, this.#clock, createRandom(mixSeeds(this.#seed, this.#links.size + 1)));
      this.#links.set(name, link);
    }
    return link;
  }

  /** Listens for a process of a host. Throws an Error when the address is taken. */
  listen(host: NetworkHost, place: Place, port: number, accepted: Bound["accepted"]): Listening {
    const address = `${host.address}:${port}`;
    const before = this.#bound.get(address);
    if (before !== undefined && !before.place.clock.killed) throw new Error(`${address} is in use`);
    const bound: Bound = { place, accepted };
    this.#bound.set(address, bound);
    return {
      address,
      close: () => {
        if (this.#bound.get(address) === bound) this.#bound.delete(address);
      },
    };
  }

  /** The process at a place has ended. `told`: its host tells its peers. */
  processEnded(place: Place, told: boolean): void {
    for (const [address, bound] of this.#bound)
      if (bound.place === place) this.#bound.delete(address);
    for (const connection of [...this.#connections]) connection.processEnded(place, told);
  }

  /** Opens connections for a process of a host. */
  dial(from: NetworkHost, place: Place): Dial {
    return ({ address }, listener) => {
      const { clock } = place;
      let given = false;
      let connection: SimulatedConnection | undefined;
      const to = this.#hosts.get(address.slice(0, address.lastIndexOf(":")));
      const after = (ms: number, then: () => void): void =>
        void later(this.#clock, ms, () => clock.run(() => given || then()));
      const fail = (why: string): void => {
        given = true;
        this.#note(`${from.name} cannot connect to ${address}: ${why}`);
        listener.failed(why);
      };
      if (to === undefined) after(0, () => fail(`connect EHOSTUNREACH ${address}`));
      else {
        const link = this.link(from.name, to.name);
        const arrive = (): void => {
          if (given || clock.killed) return;
          if (!to.isUp) return; // nobody says anything
          const bound = this.#bound.get(address);
          if (bound === undefined)
            return after(link.delayMs(), () => fail(`connect ECONNREFUSED ${address}`));
          const opened = this.#open(from, place, bound, link);
          connection = opened;
          after(link.delayMs(), () => {
            this.#note(`${from.name} connected to ${to.name}`);
            listener.opened(opened.client);
          });
        };
        link.carry(arrive);
      }
      return {
        busy() {},
        destroy: () => {
          given = true;
          connection?.client.destroy();
        },
      };
    };
  }

  #open(
    from: NetworkHost,
    place: Place,
    { place: to, accepted }: Bound,
    link: Link,
  ): SimulatedConnection {
    const connection = new SimulatedConnection(this.#clock, link, place, to, () => {
      link.connections.delete(connection);
      this.#connections.delete(connection);
    });
    link.connections.add(connection);
    this.#connections.add(connection);
    const address = `${from.address}:${this.#ports++}`;
    to.clock.run(() => accepted(connection.server, { kind: "network", address }));
    return connection;
  }
}
