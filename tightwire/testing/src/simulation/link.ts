import type { SeededRandom } from "../random.js";

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
  readonly #random: SeededRandom;
  #cuts = 0;
  #whenHealed: (() => void)[] = [];

  constructor(name: string, random: SeededRandom) {
    this.name = name;
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

  /** Calls back when it is healed. */
  whenHealed(callback: () => void): void {
    this.#whenHealed.push(callback);
  }

  /** Resets all connections: both sides are told. */
  reset(): void {
    for (const connection of [...this.connections]) connection.reset();
  }

  /**
   * How long TCP takes to send again what a cut has lost: its timer has grown by then, and does not
   * know that the link is there again.
   */
  retransmitMs(): number {
    return 200 + this.#random.next() * 800;
  }
}
