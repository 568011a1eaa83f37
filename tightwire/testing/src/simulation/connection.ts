import type { Clock } from "@tightwire/core/runtime";
import type { ByteConnection, ByteReader, ByteTransport } from "@tightwire/wire/bytes";
import type { Link } from "./link.js";
import type { ProcessClock } from "./process-clock.js";

/** So many bytes may be under way before what is written waits at the sender. */
const WINDOW_BYTES = 262_144;

/** What goes from one end to the other, in order: bytes, or that there are no more. */
type Packet = Buffer | "end";

/** Where an end of a connection is. */
export interface Place {
  /** The process that opened or accepted it. */
  readonly clock: ProcessClock;
  /** Whether its host tells a peer that the process is gone, when there is one no more. */
  readonly responds: () => boolean;
}

/** A connection between two processes over a link. */
export class SimulatedConnection {
  readonly client: End;
  readonly server: End;
  readonly #forget: () => void;

  /** `forget` is called once both ends have closed it. */
  constructor(clock: Clock, link: Link, client: Place, server: Place, forget: () => void) {
    this.#forget = forget;
    this.client = new End(clock, link, client, this);
    this.server = new End(clock, link, server, this);
    this.client.other = this.server;
    this.server.other = this.client;
  }

  /** Both ends hear that it was reset. */
  reset(): void {
    this.client.wasReset();
    this.server.wasReset();
  }

  /** The process at a place has ended. `told`: its host tells the other end. */
  processEnded(place: Place, told: boolean): void {
    for (const end of [this.client, this.server]) if (end.place === place && told) end.tellGone();
    this.closed();
  }

  /** An end has closed it. */
  closed(): void {
    if (this.client.isClosed && this.server.isClosed) this.#forget();
  }
}

/** One end of a connection, as a process sees it. */
export class End implements ByteConnection, ByteTransport {
  other!: End;
  readonly transport: this = this;
  waitingBytes = 0;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly place: Place;
  readonly #process: ProcessClock;
  readonly #connection: SimulatedConnection;
  #reader: ByteReader | undefined;
  #closedMessage = "";
  #closed = false;
  #finished = false;
  /** Written, but not sent: too much is under way. */
  #unsent: Buffer[] = [];
  #whenWritten: (() => void)[] = [];
  /** Sent to this end, and not delivered. */
  #coming: { readonly packet: Packet; readonly at: number }[] = [];
  #comingBytes = 0;
  #waitsForTimer = false;
  #paused = false;

  constructor(clock: Clock, link: Link, place: Place, connection: SimulatedConnection) {
    this.#clock = clock;
    this.#link = link;
    this.place = place;
    this.#process = place.clock;
    this.#connection = connection;
  }

  /** Whether its process neither reads nor writes it any more. */
  get isClosed(): boolean {
    return this.#closed || this.#process.killed;
  }

  // ---- what a session does with it ----

  read(reader: ByteReader, closedMessage: string): void {
    this.#reader = reader;
    this.#closedMessage = closedMessage;
  }

  write(bytes: Buffer): void {
    if (this.isClosed || this.#finished) return;
    this.#unsent.push(bytes);
    this.waitingBytes += bytes.length;
    this.#send();
  }

  whenWritten(callback: () => void): void {
    this.#whenWritten.push(callback);
    this.#tellWritten();
  }

  end(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#send();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverSoon();
  }

  destroy(): void {
    if (this.#closed) return;
    this.#unsent = [];
    this.waitingBytes = 0;
    this.end();
    this.#close();
  }

  // ---- what the network does with it ----

  /** The peer, or something between, reset the connection. */
  wasReset(): void {
    if (this.#closed) return;
    this.#process.run(() => {
      if (this.#closed) return;
      const message = `${this.#closedMessage}: ECONNRESET`;
      this.#close();
      this.#reader?.transportClosed(message);
    });
  }

  /** The process of this end is gone, and its host tells the other end. */
  tellGone(): void {
    this.#link.carry(() => this.other.wasReset());
  }

  #close(): void {
    this.#closed = true;
    this.#coming = [];
    this.#whenWritten = [];
    this.#connection.closed();
  }

  #send(): void {
    for (;;) {
      const bytes = this.#unsent[0];
      if (bytes === undefined) break;
      if (this.other.#comingBytes > 0 && this.other.#comingBytes + bytes.length > WINDOW_BYTES)
        return;
      this.#unsent.shift();
      this.waitingBytes -= bytes.length;
      this.other.#sent(Buffer.from(bytes));
    }
    if (this.#finished) this.other.#sent("end");
    this.#tellWritten();
  }

  #tellWritten(): void {
    if (this.waitingBytes > 0 || this.#whenWritten.length === 0) return;
    const callbacks = this.#whenWritten;
    this.#whenWritten = [];
    for (const callback of callbacks) this.#process.nextTurn(callback);
  }

  #sent(packet: Packet): void {
    const last = this.#coming.at(-1);
    if (this.#closed || last?.packet === "end") return;
    const at = Math.max(this.#clock.now() + this.#link.delayMs(), last?.at ?? 0);
    this.#coming.push({ packet, at });
    if (packet !== "end") this.#comingBytes += packet.length;
    this.#deliverSoon();
  }

  /** Delivers what comes when it is time; a cut link, a pause or a frozen process hold it up. */
  #deliverSoon(): void {
    const first = this.#coming[0];
    if (first === undefined || this.#closed || this.#waitsForTimer || this.#paused) return;
    this.#waitsForTimer = true;
    this.#link.carry(() => this.#arrive(), first.at - this.#clock.now());
  }

  #arrive(): void {
    // Nobody is there: a host that is up says so, another one says nothing.
    if (this.#process.killed) {
      this.#coming = [];
      this.#waitsForTimer = false;
      if (this.place.responds()) this.tellGone();
      return;
    }
    this.#process.run(() => {
      this.#waitsForTimer = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (!this.#closed && !this.#paused) {
      const first = this.#coming[0];
      if (first === undefined || first.at > this.#clock.now()) break;
      this.#coming.shift();
      if (first.packet === "end") {
        const message = this.#closedMessage;
        this.#close();
        this.#reader?.transportClosed(message);
        return;
      }
      this.#comingBytes -= first.packet.length;
      this.#reader?.receive(first.packet);
      this.other.#send();
    }
    this.#deliverSoon();
  }
}
