import { MAX_31_BITS } from "../frames/protocol.js";
import type { Session } from "../session/session.js";
import type { ClientStream } from "./client-stream.js";
import type { RequestWriter } from "./request-writer.js";
import type { Suspicion } from "./suspicion.js";

/**
 * Opens streams for calls, as many at once as the server allows; the other calls wait in order.
 * Source: RFC 9113, section 5.1.
 */
export class StreamOpener {
  readonly #session: Session;
  readonly #requests: RequestWriter;
  readonly #suspicion: Suspicion;
  readonly #usedUp: () => void;
  readonly #waiting = new Set<ClientStream>();
  #nextId: number;

  /** `usedUp` is told when no ids are left, after a few hours at full speed. */
  constructor(
    session: Session,
    requests: RequestWriter,
    suspicion: Suspicion,
    firstId: number,
    usedUp: () => void,
  ) {
    this.#session = session;
    this.#requests = requests;
    this.#suspicion = suspicion;
    this.#nextId = firstId;
    this.#usedUp = usedUp;
  }

  /** How many calls wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether no stream with this id was ever opened. */
  isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId >= this.#nextId;
  }

  /** Opens the stream of a call, or has the call wait for a place. */
  open(call: ClientStream): void {
    const { peer, streams } = this.#session;
    if (streams.size < peer.maxConcurrentStreams && this.#waiting.size === 0) this.#open(call);
    else this.#waiting.add(call);
  }

  /** Gives free places to calls that wait. Returns those for which no ids are left. */
  openWaiting(): readonly ClientStream[] {
    const { peer, sender, streams } = this.#session;
    for (const call of this.#waiting) {
      if (this.#nextId > MAX_31_BITS) return this.takeWaiting();
      if (streams.size >= peer.maxConcurrentStreams) break;
      this.#waiting.delete(call);
      this.#open(call);
      const { writer } = call.stream;
      if (writer.outbox !== undefined) sender.queue(call.stream);
      else if (writer.ending) call.writeEnd();
    }
    return NONE;
  }

  /** A call waits no longer. */
  remove(call: ClientStream): void {
    this.#waiting.delete(call);
  }

  /** All calls that wait; from now on none does. */
  takeWaiting(): readonly ClientStream[] {
    const all = [...this.#waiting];
    this.#waiting.clear();
    return all;
  }

  #open(call: ClientStream): void {
    const session = this.#session;
    const { stream } = call;
    stream.id = this.#nextId;
    stream.sendWindow = session.initialSendWindow;
    call.headAt = session.output.position;
    session.streams.add(stream);
    const now = session.clock.now();
    this.#requests.write(stream.id, call.call, now);
    this.#suspicion.sent(call, now);
    this.#nextId += 2;
    if (this.#nextId > MAX_31_BITS) this.#usedUp();
  }
}

const NONE: readonly ClientStream[] = [];
