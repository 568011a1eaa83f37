import { Metadata } from "@tightwire/core";
import {
  type Completion,
  type Connection,
  type OutgoingCall,
  type ResponseSink,
  StatusNumber,
  type StreamHandle,
  type UnarySink,
} from "@tightwire/core/runtime";
import { bookEnd, type SoakBooks } from "./soak-books.js";
import type { SoakPlan } from "./soak-plan.js";

/** Makes one call as planned; resolves when it has finished. */
export function soakCall(connection: Connection, plan: SoakPlan, books: SoakBooks): Promise<void> {
  return new Promise((resolve) => new SoakCall(plan, books, resolve).begin(connection));
}

class SoakCall implements UnarySink, ResponseSink {
  readonly #plan: SoakPlan;
  readonly #books: SoakBooks;
  readonly #resolve: () => void;
  #stream: StreamHandle | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #ended = false;
  #left: number;

  constructor(plan: SoakPlan, books: SoakBooks, resolve: () => void) {
    this.#plan = plan;
    this.#books = books;
    this.#resolve = resolve;
    this.#left = plan.messages;
  }

  begin(connection: Connection): void {
    const { kind, does, compress, deadlineMs, cancelMs, messageBytes } = this.#plan;
    const call: OutgoingCall = {
      path: `/soak.Soak/${kind}`,
      metadata: new Metadata({
        "x-do": does,
        "x-compress": compress ? "1" : "0",
        "x-bin": Buffer.from([0, 255]),
      }),
      deadline: performance.now() + deadlineMs,
      compress,
      previousAttempts: 0,
    };
    this.#books.begun++;
    if (kind === "unary") {
      const handle = connection.unary(call, Buffer.alloc(messageBytes, 0x75), this);
      this.#giveUpLater(handle, deadlineMs, cancelMs);
      return;
    }
    this.#stream = connection.stream(call, this);
    this.#giveUpLater(this.#stream, deadlineMs, cancelMs);
    this.#stream.pull(1);
    this.#write();
  }

  headers(): void {}

  message(): void {
    this.#stream?.pull(1);
  }

  drained(): void {
    this.#write();
  }

  finished({ code }: Completion): void {
    bookEnd(this.#books, code, this.#ended);
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#resolve();
  }

  #giveUpLater(
    handle: { cancel(cause: { code: number; message: string }): void },
    deadlineMs: number,
    cancelMs: number,
  ): void {
    const code = cancelMs < deadlineMs ? StatusNumber.CANCELLED : StatusNumber.DEADLINE_EXCEEDED;
    const ms = Math.min(cancelMs, deadlineMs);
    if (ms === Number.POSITIVE_INFINITY || this.#ended) return;
    this.#timer = setTimeout(
      () => handle.cancel({ code, message: "the caller has waited for long enough" }),
      ms,
    );
  }

  #write(): void {
    while (this.#left > 0 && !this.#ended) {
      this.#left--;
      const goOn = this.#stream?.write(Buffer.alloc(this.#plan.messageBytes, 0x73));
      if (this.#left === 0) return this.#stream?.halfClose();
      if (goOn === false) return;
    }
  }
}
