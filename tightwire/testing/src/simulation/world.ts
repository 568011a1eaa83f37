import type { Observer } from "@tightwire/core";
import { StatusNumber, statusName } from "@tightwire/core/runtime";
import { createRandom, mixSeeds, type SeededRandom } from "../random.js";
import type { VirtualClock } from "../virtual-clock.js";
import { begin, drawFaults, type Fault, type FaultOptions, formatFault } from "./fault.js";
import { type Boot, Host, type SimulatedHost } from "./host.js";
import type { Link } from "./link.js";
import { SimulatedNetwork } from "./network.js";

/** A world with a clock, a seeded generator, a network and a name service of its own. */
export interface World {
  readonly seed: number;
  /** Chance for the test itself. */
  readonly random: SeededRandom;
  /** Milliseconds since the world began. */
  now(): number;
  /** Resolves after so many milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Adds a line to the log. */
  note(line: string): void;
  /** Makes a host and starts `boot` on it, now and after each restart. Default: nothing runs. */
  host(name: string, boot?: Boot): SimulatedHost;
  /** Which hosts a name leads to, from now on. Without any, looking it up fails. */
  setName(name: string, hosts: readonly string[]): void;
  /** The link between two hosts. */
  link(one: string, other: string): Link;
  /** Draws faults from the seed; they begin and end by themselves. Returns the plan. */
  planFaults(options: FaultOptions): readonly Fault[];
  /** Begins a fault at its time, and ends it. */
  plan(fault: Fault): void;
  /** Resolves once every fault that was planned has ended. */
  faultsOver(): Promise<void>;
  /** Must hold after each step: `check` returns what is wrong, or undefined. */
  invariant(name: string, check: () => string | undefined): void;
}

/** What a world was like in the end. */
export interface WorldRecord {
  /** What happened, a line each, with the time. */
  readonly log: readonly string[];
  readonly faults: readonly Fault[];
}

/** How the driver sees a world. */
export class SimulatedWorld implements World {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly log: string[] = [];
  readonly faults: Fault[] = [];
  readonly #clock: VirtualClock;
  readonly #startMs: number;
  readonly #network: SimulatedNetwork;
  readonly #hosts = new Map<string, Host>();
  readonly #names = new Map<string, readonly string[]>();
  readonly #invariants: { readonly name: string; readonly check: () => string | undefined }[] = [];
  /** Which faults of the plan are left out, by their place in it. */
  readonly #leftOut: ReadonlySet<number>;
  /** Calls that were made, and how many of them have not finished. */
  #calls = 0;
  readonly #openCalls = new Map<number, string>();
  #openFaults = 0;
  #whenOver: (() => void)[] = [];
  #failure: unknown;

  constructor(seed: number, clock: VirtualClock, leftOut: ReadonlySet<number>) {
    this.seed = seed;
    this.random = createRandom(seed);
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#leftOut = leftOut;
    this.#network = new SimulatedNetwork(clock, mixSeeds(seed, 1), (line) => this.note(line));
  }

  now(): number {
    return this.#clock.now() - this.#startMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.setTimer(resolve, ms));
  }

  note(line: string): void {
    this.log.push(`${this.now().toFixed(3).padStart(12)}  ${line}`);
  }

  host(name: string, boot: Boot = () => {}): SimulatedHost {
    if (this.#hosts.has(name)) throw new Error(`there is a host ${name} already`);
    const number = this.#hosts.size + 1;
    const address = `10.0.${number >> 8}.${number & 0xff}`;
    const host = new Host(name, address, boot, {
      network: this.#network,
      clock: this.#clock,
      seed: mixSeeds(this.seed, 100 + number),
      note: (line) => this.note(line),
      lookup: (asked) => this.#lookUp(asked),
      observer: (of) => this.#observe(of),
      failed: (error) => {
        this.#failure ??= error;
      },
    });
    this.#hosts.set(name, host);
    host.restart();
    return host;
  }

  setName(name: string, hosts: readonly string[]): void {
    this.note(`${name} is ${hosts.length === 0 ? "unknown" : hosts.join(", ")} now`);
    this.#names.set(name, hosts);
  }

  link(one: string, other: string): Link {
    return this.#network.link(this.#hostOf(one).name, this.#hostOf(other).name);
  }

  planFaults(options: FaultOptions): readonly Fault[] {
    const drawn = drawFaults(this.random, options, this.now());
    for (const fault of drawn) this.plan(fault);
    return drawn;
  }

  plan(fault: Fault): void {
    this.faults.push(fault);
    if (this.#leftOut.has(this.faults.length - 1)) return;
    const [one, other] = fault.hosts;
    this.#openFaults++;
    this.#at(fault.atMs, () => {
      this.note(`fault begins: ${formatFault(fault)}`);
      const host = other === undefined ? this.#hostOf(one) : undefined;
      const link = other === undefined ? undefined : this.link(one, other);
      const end = begin(fault, host, link);
      this.#at(fault.atMs + fault.forMs, () => {
        end();
        this.note(`fault is over: ${fault.kind} of ${fault.hosts.join(" - ")}`);
        if (--this.#openFaults > 0) return;
        for (const tell of this.#whenOver.splice(0)) tell();
      });
    });
  }

  faultsOver(): Promise<void> {
    if (this.#openFaults === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#whenOver.push(resolve));
  }

  invariant(name: string, check: () => string | undefined): void {
    this.#invariants.push({ name, check });
  }

  /** Throws what is wrong now. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    for (const { name, check } of this.#invariants) {
      const wrong = check();
      if (wrong !== undefined) throw new Error(`${name}: ${wrong}`);
    }
  }

  /** Throws what is left when the test has closed all that it opened. */
  checkEnd(): void {
    const timers = [...this.#hosts.values()].filter((host) => host.timers > 0);
    const left = [
      ...[...this.#openCalls.values()].map((call) => `the call ${call} has not finished`),
      ...timers.map((host) => `${host.name} has ${host.timers} timers`),
      ...(this.#network.connections > 0 ? [`${this.#network.connections} connections`] : []),
    ];
    if (left.length > 0) throw new Error(`something is left: ${left.join("; ")}`);
  }

  #at(ms: number, what: () => void): void {
    this.#clock.setTimer(what, Math.max(0, ms - this.now()));
  }

  #hostOf(name: string): Host {
    const host = this.#hosts.get(name);
    if (host !== undefined) return host;
    const known = [...this.#hosts.keys()].join(", ");
    throw new Error(`there is no host ${name}; there are ${known}`);
  }

  async #lookUp(name: string): Promise<{ address: string; family: number }[]> {
    await this.sleep(1);
    const hosts = this.#names.get(name) ?? (this.#hosts.has(name) ? [name] : []);
    if (hosts.length > 0)
      return hosts.map((host) => ({ address: this.#hostOf(host).address, family: 4 }));
    // An address is its own name.
    if (/^[\d.]+$/.test(name)) return [{ address: name, family: 4 }];
    throw new Error(`getaddrinfo ENOTFOUND ${name}`);
  }

  /** Logs the calls of a host, and knows which are open. */
  #observe(host: string): Observer {
    return {
      started: ({ path }) => {
        const number = ++this.#calls;
        const name = `#${number} ${host} ${path.slice(path.lastIndexOf("/") + 1)}`;
        this.#openCalls.set(number, name);
        this.note(`${name} starts`);
        return {
          attempt: (endpoint) => this.note(`${name} goes to ${endpoint}`),
          finished: ({ code, message }) => {
            if (!this.#openCalls.delete(number))
              this.#failure ??= new Error(`the call ${name} finished twice`);
            const status = code === StatusNumber.OK ? "ok" : `${statusName(code)}: ${message}`;
            this.note(`${name} finishes: ${status}`);
          },
        };
      },
    };
  }
}
