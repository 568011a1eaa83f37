import { type Channel, type ChannelOptions, createChannel } from "@tightwire/client";
import type { Observer } from "@tightwire/core";
import type { Clock, Listener, Random } from "@tightwire/core/runtime";
import type { Server } from "@tightwire/server";
import {
  type ClientConnectionOptions,
  type ServerConnectionOptions,
  wireClientOver,
  wireServerOver,
} from "@tightwire/wire/bytes";
import { createRandom, mixSeeds } from "../random.js";
import type { Place } from "./connection.js";
import type { NetworkHost, SimulatedNetwork } from "./network.js";
import { ProcessClock } from "./process-clock.js";

/** A process that runs on a host of a simulated world. Everything that it does ends with it. */
export interface SimulatedProcess {
  /** `catalog-1` */
  readonly name: string;
  /** `10.0.0.1` */
  readonly address: string;
  /** Time and chance: `createServer({ ...process.system })`, and for code of your own. */
  readonly system: { readonly clock: Clock; readonly random: Random };
  /** Resolves after so many milliseconds of the world, not while the process is frozen. */
  sleep(ms: number): Promise<void>;
  /**
   * Listens at a port of this host; make the server with `system`. Rejects when the port is taken.
   */
  serve(server: Server, port: number, options?: ServerConnectionOptions): Promise<Listener>;
  /** A channel of this process over the simulated network. The world logs its calls. */
  channel(target: string, options?: SimulatedChannelOptions): Channel;
}

/** Options of a channel that the world does not decide. */
export type SimulatedChannelOptions = Omit<
  ChannelOptions,
  "transport" | "clock" | "random" | "lookup"
> & { readonly wire?: ClientConnectionOptions };

/** What runs on a host when it starts. A promise that it returns must not reject. */
export type Boot = (process: SimulatedProcess) => unknown;

/** A host of a simulated world, on which one process runs. */
export interface SimulatedHost {
  readonly name: string;
  readonly address: string;
  /** Whether its process runs, frozen or not. */
  readonly isRunning: boolean;
  readonly isFrozen: boolean;
  /** The process that runs. Throws an Error when none does. */
  readonly process: SimulatedProcess;
  /** Ends the process; its peers are told by resets. */
  crash(): void;
  /** Ends the process, and nobody is told: the host lost its power. */
  vanish(): void;
  /** Starts the process anew. Does nothing while it runs. */
  restart(): void;
  /** Stops the process; what comes meanwhile waits. */
  freeze(): void;
  thaw(): void;
}

/** What a host needs of its world. */
export interface HostParts {
  readonly network: SimulatedNetwork;
  readonly clock: Clock;
  readonly seed: number;
  readonly note: (line: string) => void;
  readonly lookup: NonNullable<ChannelOptions["lookup"]>;
  readonly observer: (host: string) => Observer;
  /** Hears what booting threw. */
  readonly failed: (error: unknown) => void;
}

/** The world's own view of a host. */
export class Host implements SimulatedHost, NetworkHost {
  readonly name: string;
  readonly address: string;
  isUp = true;
  readonly #parts: HostParts;
  readonly #boot: Boot;
  /** Undefined while no process runs. */
  #running: { readonly place: Place; readonly process: SimulatedProcess } | undefined;
  #starts = 0;

  constructor(name: string, address: string, boot: Boot, parts: HostParts) {
    this.name = name;
    this.address = address;
    this.#boot = boot;
    this.#parts = parts;
    parts.network.join(this);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get isFrozen(): boolean {
    return this.#running?.place.clock.frozen === true;
  }

  get process(): SimulatedProcess {
    if (this.#running === undefined) throw new Error(`${this.name} does not run`);
    return this.#running.process;
  }

  /** Timers that its process has set. */
  get timers(): number {
    return this.#running?.place.clock.timers ?? 0;
  }

  crash(): void {
    this.#end("crashes", true);
  }

  vanish(): void {
    this.#end("vanishes", false);
  }

  restart(): void {
    if (this.#running !== undefined) return;
    this.isUp = true;
    this.#starts++;
    if (this.#starts > 1) this.#parts.note(`${this.name} starts again`);
    const clock = new ProcessClock(this.#parts.clock);
    const place: Place = { clock, responds: () => this.isUp };
    const process = this.#processOf(place);
    this.#running = { place, process };
    void this.#run(process);
  }

  freeze(): void {
    if (this.#running === undefined || this.isFrozen) return;
    this.#parts.note(`${this.name} freezes`);
    this.#running.place.clock.freeze();
  }

  thaw(): void {
    if (!this.isFrozen) return;
    this.#parts.note(`${this.name} goes on`);
    this.#running?.place.clock.thaw();
  }

  #end(how: string, isUp: boolean): void {
    if (this.#running === undefined) return;
    const { place } = this.#running;
    this.#parts.note(`${this.name} ${how}`);
    this.#running = undefined;
    this.isUp = isUp;
    place.clock.kill();
    this.#parts.network.processEnded(place, isUp);
  }

  async #run(process: SimulatedProcess): Promise<void> {
    try {
      await this.#boot(process);
    } catch (error) {
      this.#parts.failed(error);
    }
  }

  #processOf(place: Place): SimulatedProcess {
    const { network, seed, lookup, observer } = this.#parts;
    const { name, address } = this;
    const { clock } = place;
    const random = createRandom(mixSeeds(seed, this.#starts));
    return {
      name,
      address,
      system: { clock, random },
      sleep: (ms) => new Promise((resolve) => void clock.setTimer(resolve, ms)),
      serve: (server, port, options) => {
        const transport = wireServerOver(
          (_address, accepted) => network.listen(this, place, port, accepted),
          options,
        );
        return server.listen(`${address}:${port}`, transport);
      },
      channel: (target, { wire, ...options } = {}) =>
        createChannel(target, {
          ...options,
          observers: [observer(name), ...(options.observers ?? [])],
          transport: wireClientOver(network.dial(this, place), wire),
          clock,
          random,
          lookup,
        }),
    };
  }
}
