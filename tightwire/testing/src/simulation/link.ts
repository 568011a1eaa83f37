import type { Clock } from "@tightwire/core/runtime";
import type { SeededRandom } from "../random.js";
import { later } from "./later.js";

/** How a link between two hosts carries bytes. */
export interface LinkSettings {
  /** How long a byte takes at least, one way, in milliseconds. Default 0.5. */
  readonly latencyMs?: number;
  /** How much longer it may take, in milliseconds. Default 0.5. */
  readonly jitterMs?: number;
}

/** What a link knows of a connection over it. */
export interface Resettable {
  /** Both ends hear that it was reset. */
  reset(): void;
}

/** A link between two hosts: what goes wrong with it goes wrong for all connections over it. */
export class Link {
  readonly name: string;
  latencyMs = 0.5;
  jitterMs = 0.5;
  readonly connections: Set<Resettable> = new Set();
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  #cuts = 0;
  #whenHealed: (() => void)[] = [];

  constructor(name: string, clock: Clock, random: SeededRandom) {
    this.name = name;
    this.#clock = clock;
    this.#random = random;
  }

  /** Whether nothing passes. */
  get isCut(): boolean {
    return this.#cuts > 0;
  }

  /** Changes how it carries bytes. What is under way keeps its time. */
  set({ latencyMs, jitterMs }: LinkSettings): void {
    this.latencyMs = latencyMs ?? this.latencyMs;
    this.jitterMs = jitterMs ?? this.jitterMs;
  }

  /** How long what is sent now takes, one way. */
  delayMs(): number {
    return this.latencyMs + this.#random.next() * this.jitterMs;
  }

  /**
   * Drops everything in silence, as a broken network does: nobody is told, and TCP sends again what
   * was lost. Until {@link heal}, as often as it was cut.
   */
  cut(): void {
    this.#cuts++;
  }

  heal(): void {
    if (this.#cuts === 0 || --this.#cuts > 0) return;
    const waiting = this.#whenHealed;
    this.#whenHealed = [];
    for (const go of waiting) go();
  }

  /**
   * Calls back when what is sent now arrives: after `ms`, and if the link is cut then, a while
   * after it was healed. TCP's timer has grown by then, and does not know that the link is there
   * again.
   */
  carry(arrived: () => void, ms: number = this.delayMs()): void {
    later(this.#clock, ms, () => {
      if (!this.isCut) return arrived();
      this.#whenHealed.push(() => this.carry(arrived, 200 + this.#random.next() * 800));
    });
  }

  /** Resets all connections: both sides are told. */
  reset(): void {
    for (const connection of [...this.connections]) connection.reset();
  }
}
