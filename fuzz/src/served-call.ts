import { Metadata } from "@tightwire/core";
import type { Clock, IncomingCall, IncomingSink, Status } from "@tightwire/core/runtime";
import { createRandom, type SeededRandom } from "@tightwire/testing";
import { briefBytes, briefMetadata } from "./brief.js";
import type { Faults } from "./faults.js";

/** How a handler behaves. */
interface Plan {
  /** Messages asked for at first. */
  readonly pulls: number;
  /** Asked for again with each that comes. */
  readonly pullsMore: number;
  readonly echoes: boolean;
  /** Responds to the first message as a unary call does. */
  readonly responds: boolean;
  /** Messages written without being asked. */
  readonly writes: number;
  readonly writeBytes: number;
  readonly compress: boolean;
  readonly sendsHeaders: boolean;
  /** Ends with an error at this message; 0 for never. */
  readonly failsAt: number;
  readonly endsAtStart: boolean;
  /** Reads its messages one by one, and keeps those that nobody waits for. */
  readonly queues: boolean;
  /** How long the handler still runs once the call has finished. */
  readonly finishesAfterMs: number;
}

const PLAIN: Plan = {
  pulls: 1,
  pullsMore: 1,
  echoes: true,
  responds: false,
  writes: 0,
  writeBytes: 0,
  compress: true,
  sendsHeaders: false,
  failsAt: 0,
  endsAtStart: false,
  queues: false,
  finishesAfterMs: 0,
};

function randomPlan(random: SeededRandom): Plan {
  return {
    pulls: random.pick([0, 1, 1, 1, 2, 1_000]),
    pullsMore: random.pick([0, 1, 1, 1, 5]),
    echoes: random.chance(50),
    responds: random.chance(30),
    writes: random.pick([0, 0, 0, 1, 5, 20, random.below(300)]),
    writeBytes: random.size(random.chance(20) ? 40_000 : 1_000),
    compress: random.chance(15),
    sendsHeaders: random.chance(40),
    failsAt: random.pick([0, 0, 0, 1, 2]),
    endsAtStart: random.chance(5),
    queues: random.chance(40),
    finishesAfterMs: random.pick([0, 0, 1, 2_000]),
  };
}

/** A call that a fuzzed server handles, and its books. */
export class ServedCall implements IncomingSink {
  readonly kind = "accepted";
  readonly log: string[] = [];
  handlerFinished = false;
  readonly #call: IncomingCall;
  readonly #faults: Faults;
  readonly #plan: Plan;
  /** Something that the application does in the middle of things. */
  readonly #meddle: () => void;
  readonly #clock: Clock;
  #pulled = 0;
  #got = 0;
  #toWrite: number;
  #responses = 0;
  #starts = 0;
  #cancels = 0;
  #halfCloses = 0;
  #waitsForDrain = false;
  /** Bytes of messages that nobody has taken yet. */
  #kept = 0;

  constructor(call: IncomingCall, seed: number, faults: Faults, meddle: () => void, clock: Clock) {
    this.#call = call;
    this.#faults = faults;
    this.#plan = seed === 0 ? PLAIN : randomPlan(createRandom(seed));
    this.#toWrite = this.#plan.writes;
    this.#meddle = meddle;
    this.#clock = clock;
    this.log.push(`${call.path} ${briefMetadata(call.metadata)}`);
  }

  /** Whether it has neither responded nor heard that it was cancelled. */
  get live(): boolean {
    return this.#responses === 0 && this.#cancels === 0;
  }

  /** Holds the books to the seam's rules; nothing is in flight any more. */
  audit(): void {
    if (this.#starts !== 1) this.#fault(`was started ${this.#starts} times`);
    if (this.#responses === 0 && this.#cancels === 0) this.#fault("never finished");
    if (!this.handlerFinished) this.#fault("was not told that its handler finished");
  }

  start(): void {
    this.#starts++;
    if (this.#plan.sendsHeaders)
      this.#call.headers(new Metadata({ "x-kind": "fuzz", "x-bin": Buffer.from([0, 255, 128]) }));
    this.#pull(this.#plan.pulls);
    if (this.#plan.endsAtStart) return this.finish(0);
    this.#write();
    this.#meddle();
  }

  message(bytes: Uint8Array, compressed?: boolean): void {
    this.#hear("a message");
    if (this.#halfCloses > 0) this.#fault("heard a message after the end of the request");
    if (++this.#got > this.#pulled) this.#fault("heard a message that it did not ask for");
    this.log.push(`message ${compressed === true} ${briefBytes(bytes)}`);
    if (this.#plan.queues) this.#keep(bytes.length);
    if (this.#got === this.#plan.failsAt) return this.finish(13);
    if (this.#plan.responds && this.live) {
      this.#responses++;
      this.#call.respond(
        new Metadata({ "x-response": "1" }),
        Buffer.from(bytes),
        new Metadata({ "x-end": "2" }),
        this.#plan.compress,
      );
      return this.#finishSoon();
    }
    if (this.#plan.echoes && this.live) this.#send(Buffer.from(bytes));
    this.#pull(this.#plan.pullsMore);
    this.#meddle();
  }

  awaits(ended: boolean): boolean {
    return ended || this.#kept === 0;
  }

  halfClosed(): void {
    this.#hear("the end of the request");
    if (++this.#halfCloses > 1) this.#fault("heard the end of the request twice");
    this.log.push("half-closed");
    if (this.live) this.finish(0);
    this.#meddle();
  }

  drained(): void {
    this.#hear("that it may write");
    if (!this.#waitsForDrain) this.#fault("was told to go on, and had not stopped");
    this.#waitsForDrain = false;
    this.#write();
    this.#meddle();
  }

  cancelled(cause: Status): void {
    this.#hear("that it is cancelled");
    this.#cancels++;
    this.log.push(`cancelled ${cause.code} ${cause.message}`);
    this.#finishSoon();
    this.#meddle();
  }

  /** The application ends it. */
  finish(code: number): void {
    if (!this.live) return;
    this.#responses++;
    this.#call.finish({
      code,
      message: code === 0 ? "" : "an error: é %",
      trailers: new Metadata({ "x-got": String(this.#got) }),
    });
    this.#finishSoon();
  }

  /** The application asks for more, or writes some. */
  prod(): void {
    if (!this.live) return;
    if (this.#kept > 0) this.#keep(-this.#kept);
    this.#call.pull(0);
    this.#pull(1);
    if (!this.#waitsForDrain) this.#send(Buffer.alloc(this.#plan.writeBytes, 0x61));
  }

  #keep(bytes: number): void {
    this.#kept += bytes;
    this.#call.hold?.(bytes);
  }

  #pull(count: number): void {
    this.#pulled += count;
    if (count > 0) this.#call.pull(count);
  }

  #write(): void {
    while (this.#toWrite > 0 && this.live && !this.#waitsForDrain) {
      this.#toWrite--;
      this.#send(Buffer.alloc(this.#plan.writeBytes, this.#toWrite));
    }
  }

  #send(bytes: Buffer): void {
    if (!this.#call.write(bytes, this.#plan.compress)) this.#waitsForDrain = true;
  }

  #finishSoon(): void {
    if (this.handlerFinished) return;
    this.handlerFinished = true;
    if (this.#plan.finishesAfterMs === 0) this.#call.handlerFinished();
    else {
      this.#clock.setTimer(() => this.#call.handlerFinished(), this.#plan.finishesAfterMs);
    }
  }

  #hear(what: string): void {
    if (this.#starts === 0) this.#fault(`heard ${what} before it was started`);
    if (this.#cancels > 0) this.#fault(`heard ${what} after it was cancelled`);
  }

  #fault(what: string): void {
    this.#faults.note(`a served call ${what}`);
  }
}
