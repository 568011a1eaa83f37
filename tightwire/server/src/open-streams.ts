import type { Status } from "@tightwire/core/runtime";

/** A streaming call in flight, as a stopping server sees it. */
export interface OpenStream {
  /** Tells the handler that the server drains. */
  drain(): void;
  /** Finishes the call for its caller and its handler. */
  finishEarly(status: Status): void;
}

/** The streaming calls in flight of a server. */
export class OpenStreams {
  readonly #streams = new Set<OpenStream>();
  #draining = false;

  /** Adds a call; tells it at once when the server drains already. */
  add(stream: OpenStream): void {
    this.#streams.add(stream);
    if (this.#draining) stream.drain();
  }

  delete(stream: OpenStream): void {
    this.#streams.delete(stream);
  }

  /** Tells all of them, and those that are added later, that the server drains. */
  drain(): void {
    this.#draining = true;
    for (const stream of [...this.#streams]) stream.drain();
  }

  /** Finishes those that are left. */
  finish(status: Status): void {
    for (const stream of [...this.#streams]) stream.finishEarly(status);
  }
}
