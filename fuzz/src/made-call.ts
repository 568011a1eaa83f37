import type { Metadata } from "@tightwire/core";
import type {
  CallHandle,
  Completion,
  ResponseSink,
  StreamHandle,
  UnarySink,
} from "@tightwire/core/runtime";
import { createRandom } from "@tightwire/testing";
import { briefBytes, briefMetadata } from "./brief.js";
import type { Faults } from "./faults.js";
import type { CallKind } from "./input.js";

/** A call that a fuzzed client makes, and its books. */
export class MadeCall implements ResponseSink, UnarySink {
  readonly log: string[] = [];
  readonly #kind: CallKind;
  readonly #faults: Faults;
  readonly #meddle: () => void;
  readonly #pullsMore: number;
  readonly #messageBytes: number;
  readonly #pullsFirst: number;
  #toWrite: number;
  #handle: CallHandle | undefined = undefined;
  #stream: StreamHandle | undefined = undefined;
  #pulled = 0;
  #got = 0;
  #heads = 0;
  #finishes = 0;
  #waitsForDrain = false;
  #requestEnded = false;

  constructor(kind: CallKind, seed: number, faults: Faults, meddle: () => void) {
    const random = createRandom(seed);
    const plain = seed === 0;
    this.#kind = kind;
    this.#faults = faults;
    this.#meddle = meddle;
    this.#pullsFirst = plain ? 1 : random.pick([0, 1, 1, 2, 1_000]);
    this.#pullsMore = plain ? 1 : random.pick([0, 1, 1, 1, 3]);
    this.#messageBytes = plain ? 5 : random.size(random.chance(20) ? 40_000 : 1_000);
    this.#toWrite = plain ? 2 : random.pick([0, 1, 2, 5, random.below(200)]);
    if (kind === "serverStream") this.#toWrite = 1;
  }

  get live(): boolean {
    return this.#finishes === 0;
  }

  /** The message of the request, or one of them. */
  requestMessage(): Buffer {
    return Buffer.alloc(this.#messageBytes, 0x68);
  }

  /** The transport has taken the call. */
  began(handle: CallHandle | StreamHandle): void {
    this.#handle = handle;
    if (!("write" in handle) || this.#kind === "unary") return;
    this.#stream = handle;
    this.#pull(this.#pullsFirst);
    this.#write();
  }

  /** Holds the books to the seam's rules; nothing is in flight any more. */
  audit(): void {
    if (this.#finishes !== 1) this.#fault(`finished ${this.#finishes} times`);
  }

  cancel(): void {
    if (this.#handle === undefined) return;
    this.#handle.cancel({ code: 1, message: "cancelled by the fuzzer" });
    if (this.live) this.#fault("was cancelled and did not end");
  }

  /** The application asks for more, or writes some. */
  prod(): void {
    if (!this.live) return;
    this.#pull(1);
    if (!this.#waitsForDrain && !this.#requestEnded) this.#send();
  }

  headers(metadata: Metadata): void {
    this.#hear("a head");
    if (++this.#heads > 1 || this.#got > 0) this.#fault("heard a head late");
    this.log.push(`headers ${briefMetadata(metadata)}`);
    this.#meddle();
  }

  message(bytes: Uint8Array, compressed?: boolean): void {
    this.#hear("a message");
    if (this.#heads === 0) this.#fault("heard a message before the head");
    if (++this.#got > this.#pulled) this.#fault("heard a message that it did not ask for");
    this.log.push(`message ${compressed === true} ${briefBytes(bytes)}`);
    this.#pull(this.#pullsMore);
    this.#meddle();
  }

  drained(): void {
    this.#hear("that it may write");
    if (!this.#waitsForDrain) this.#fault("was told to go on, and had not stopped");
    this.#waitsForDrain = false;
    this.#write();
    this.#meddle();
  }

  finished(end: Completion, message?: Uint8Array): void {
    this.#hear("its end");
    this.#finishes++;
    const { code, message: text, headers, trailers, outcome, origin } = end;
    if (this.#kind === "unary" && (code === 0) !== (message !== undefined))
      this.#fault("ended with a message and an error, or neither");
    if (!(Number.isInteger(code) && code >= 0 && code <= 16))
      this.#fault(`ended with the code ${code}`);
    const heads = `${briefMetadata(headers)} / ${briefMetadata(trailers)}`;
    this.log.push(
      `done ${code} ${text} ${outcome} ${origin} ${heads} ${message === undefined ? "" : briefBytes(message)}`,
    );
    this.#meddle();
  }

  #pull(count: number): void {
    this.#pulled += count;
    if (count > 0) this.#stream?.pull(count);
  }

  #write(): void {
    while (this.#toWrite > 0 && this.live && !this.#waitsForDrain) {
      this.#toWrite--;
      this.#send();
    }
    if (this.#toWrite > 0 || this.#requestEnded || !this.live) return;
    this.#requestEnded = true;
    this.#stream?.halfClose();
  }

  #send(): void {
    if (this.#stream?.write(this.requestMessage()) === false) this.#waitsForDrain = true;
  }

  #hear(what: string): void {
    if (this.#finishes > 0) this.#fault(`heard ${what} after its end`);
  }

  #fault(what: string): void {
    this.#faults.note(`a made call ${what}`);
  }
}
