import {
  type CallHandle,
  type Clock,
  IdleTimer,
  MarkedValues,
  MessageQueue,
  StatusNumber,
  type StreamHandle,
} from "@tightwire/core/runtime";

/**
 * The responses of a streaming call, and what both directions share: the idle timeout, and the
 * values of redacted fields. It outlives attempts: what its reader asked for is asked of
 * the attempt in flight.
 */
export class ResponseStream {
  /** The decoded messages, for one reader. A reader that stops early cancels the call. */
  readonly messages: MessageQueue<unknown>;
  /** Whether the peer has begun to respond. Such a call is not sent again. */
  begun = false;
  /** What redacted fields of its messages held, for errors that quote them. */
  marked: MarkedValues | undefined = undefined;
  readonly #call: CallHandle;
  #idle: IdleTimer | undefined = undefined;
  #source: StreamHandle | undefined = undefined;
  /** How many messages were asked for and have not come. */
  #asked = 0;
  #onBegin: (() => void) | undefined = undefined;

  constructor(call: CallHandle) {
    this.#call = call;
    this.messages = new MessageQueue(
      (count) => this.#pull(count),
      () => call.cancel({ code: StatusNumber.CANCELLED, message: "the caller stopped reading" }),
    );
  }

  /**
   * Starts the idle timeout, which cancels the call, and asks for the first messages. Later runs
   * find that done.
   */
  start(clock: Clock, idleMs: number): void {
    if (this.#idle !== undefined) return;
    this.#idle = new IdleTimer(clock, idleMs, () => this.#expire(idleMs));
    this.messages.start();
  }

  /** An attempt is in flight: messages come from `source`. */
  readFrom(source: StreamHandle): void {
    this.#source = source;
    if (this.#asked > 0) source.pull(this.#asked);
  }

  /** The attempt in flight finished. */
  stopReading(): void {
    this.#source = undefined;
  }

  /** Calls back when the peer begins to respond. */
  onBegin(listener: () => void): void {
    this.#onBegin = listener;
  }

  /** Something was sent or received: the idle timeout starts again. */
  touch(): void {
    this.#idle?.touch();
  }

  /** Keeps what the redacted fields of a message hold. */
  mark(redactedPaths: readonly string[], message: unknown): void {
    if (redactedPaths.length === 0) return;
    this.marked ??= new MarkedValues();
    this.marked.add(redactedPaths, message);
  }

  /** The peer responds: with headers or a message. */
  begin(): void {
    this.begun = true;
    this.#onBegin?.();
    this.touch();
  }

  /** A message came. It is pushed to {@link messages} once it is decoded. */
  messageReceived(): void {
    this.#asked--;
    this.begin();
  }

  /** The call finished: the reader gets what is left, then the end or `error`. */
  finish(error: Error | undefined): void {
    this.#idle?.stop();
    this.messages.end(error);
  }

  #pull(count: number): void {
    this.#asked += count;
    this.#source?.pull(count);
  }

  #expire(idleMs: number): void {
    this.#call.cancel({
      code: StatusNumber.DEADLINE_EXCEEDED,
      message: `the stream was silent for ${idleMs} ms, its idle timeout`,
    });
  }
}
