import { Metadata } from "@tightwire/core";
import {
  type Acceptor,
  type Expiring,
  type IncomingCall,
  type IncomingSink,
  type Status,
  StatusNumber,
  SYSTEM,
  type Timer,
} from "@tightwire/core/runtime";
import { bookEnd, type SoakBooks } from "./soak-books.js";
import { SOAK_MESSAGE_BYTES } from "./soak-plan.js";

/** How long a handler waits that is asked to, and runs on after its call. */
const WAIT_MS = 20;
const RESPONSES = 5;

/** The server of a soak: does what each call's `x-do` says. */
export function soakAcceptor(books: SoakBooks): Acceptor {
  return {
    ...SYSTEM,
    maxMessageBytes: SOAK_MESSAGE_BYTES,
    open(call) {
      books.begun++;
      return new SoakHandler(call, books);
    },
  };
}

class SoakHandler implements IncomingSink, Expiring {
  readonly kind = "accepted";
  readonly #call: IncomingCall;
  readonly #books: SoakBooks;
  readonly #kind: string;
  readonly #does: string | undefined;
  readonly #compress: boolean;
  readonly #deadline: Timer;
  #ended = false;
  #cancelled = false;
  #last: Buffer = Buffer.alloc(0);
  #toWrite = 0;

  constructor(call: IncomingCall, books: SoakBooks) {
    this.#call = call;
    this.#books = books;
    this.#kind = call.path.slice(call.path.lastIndexOf("/") + 1);
    this.#does = call.metadata.get("x-do");
    this.#compress = call.metadata.get("x-compress") === "1";
    this.#deadline = SYSTEM.clock.schedule(call.deadline, this);
  }

  start(): void {
    this.#call.pull(1);
    if (this.#does === "response early") this.#finish(StatusNumber.FAILED_PRECONDITION);
  }

  message(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#last = Buffer.from(bytes);
    if (this.#does === "fail") return this.#finish(StatusNumber.INVALID_ARGUMENT);
    if (this.#kind === "bidiStream") this.#call.write(this.#last, this.#compress);
    this.#call.pull(1);
  }

  halfClosed(): void {
    if (this.#does === "wait") setTimeout(() => this.#respond(), WAIT_MS);
    else this.#respond();
  }

  drained(): void {
    this.#write();
  }

  cancelled(cause: Status): void {
    if (this.#cancelled) this.#books.endedAgain++;
    this.#cancelled = true;
    this.#end(cause.code);
    // A handler sees that it is cancelled when it next looks.
    setTimeout(() => this.#call.handlerFinished(), WAIT_MS);
  }

  expire(): void {
    this.#finish(StatusNumber.DEADLINE_EXCEEDED);
  }

  #respond(): void {
    if (this.#ended) return;
    if (this.#kind === "unary") {
      const metadata = new Metadata({ "x-soak": "1" });
      this.#call.respond(metadata, this.#last, metadata, this.#compress);
      this.#end(StatusNumber.OK);
      return this.#call.handlerFinished();
    }
    if (this.#kind === "bidiStream") return this.#finish(StatusNumber.OK);
    this.#toWrite = this.#kind === "serverStream" ? RESPONSES : 1;
    this.#write();
  }

  #write(): void {
    while (this.#toWrite > 0 && !this.#ended) {
      this.#toWrite--;
      const goOn = this.#call.write(this.#last, this.#compress);
      if (this.#toWrite === 0) return this.#finish(StatusNumber.OK);
      if (!goOn) return;
    }
  }

  #finish(code: number): void {
    if (this.#ended) return;
    this.#call.finish({
      code,
      message: code === StatusNumber.OK ? "" : "as it was asked",
      trailers: undefined,
    });
    this.#end(code);
    this.#call.handlerFinished();
  }

  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline.cancel();
    bookEnd(this.#books, code, false);
  }
}
