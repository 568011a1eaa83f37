import { ClientSession } from "@tightwire/wire/internals/client/client-session.js";
import {
  defaultSettings,
  readSettings,
  type Settings,
} from "@tightwire/wire/internals/frames/settings.js";
import { ServerSession } from "@tightwire/wire/internals/server/server-session.js";
import { PREFIX_BYTES } from "@tightwire/wire/internals/session/inbox.js";
import type { Outbox } from "@tightwire/wire/internals/session/outbox.js";
import type { Stream } from "@tightwire/wire/internals/session/stream.js";
import type { Faults } from "./faults.js";
import type { OutputCheck } from "./output-check.js";

/** What an input is judged by, seen from inside a session. */
export interface Ledger {
  /** Octets that the session holds for its peer. */
  held: number;
  readonly faults: Faults;
  readonly check: OutputCheck;
}

/** What a fuzzed session shows of itself. */
export interface Watched {
  readonly ledger: Ledger | undefined;
  /** Streams in its table. */
  readonly open: number;
}

/** A server's session with its books open. */
export class WatchedServerSession extends ServerSession implements Watched {
  /** Set once it is made, since it writes while it is. */
  ledger: Ledger | undefined = undefined;

  get open(): number {
    return this.streams.size;
  }

  override hold(bytes: number): boolean {
    return book(this.ledger, bytes, super.hold(bytes));
  }

  override windowUpdate(streamId: number, increment: number): void {
    this.ledger?.check.grant(streamId, increment);
    super.windowUpdate(streamId, increment);
  }

  override settings(bytes: Buffer, start: number, end: number): void {
    const before = this.peer.initialWindowBytes;
    noteWindow(this.ledger, this.peer, bytes, start, end);
    try {
      super.settings(bytes, start, end);
    } catch (error) {
      // It was refused, before or while it was taken over; what is still written keeps to either.
      this.ledger?.check.initialWindow(Math.max(before, this.peer.initialWindowBytes));
      throw error;
    }
  }

  override writeMessage(
    stream: Stream,
    bytes: Uint8Array,
    compressed: boolean,
    endStream: boolean,
  ): void {
    this.ledger?.check.wrote(stream.id, PREFIX_BYTES + bytes.length);
    super.writeMessage(stream, bytes, compressed, endStream);
  }

  override writePart(stream: Stream, outbox: Outbox, bytes: number, endStream: boolean): void {
    this.ledger?.check.wrote(stream.id, bytes);
    super.writePart(stream, outbox, bytes, endStream);
  }

  override fail(code: number, text: string, detail: string = text): void {
    noteFailure(this.ledger, text);
    super.fail(code, text, detail);
  }
}

/** A client's session with its books open. */
export class WatchedClientSession extends ClientSession implements Watched {
  /** Set once it is made, since it writes while it is. */
  ledger: Ledger | undefined = undefined;

  get open(): number {
    return this.streams.size;
  }

  override hold(bytes: number): boolean {
    return book(this.ledger, bytes, super.hold(bytes));
  }

  override windowUpdate(streamId: number, increment: number): void {
    this.ledger?.check.grant(streamId, increment);
    super.windowUpdate(streamId, increment);
  }

  override settings(bytes: Buffer, start: number, end: number): void {
    const before = this.peer.initialWindowBytes;
    noteWindow(this.ledger, this.peer, bytes, start, end);
    try {
      super.settings(bytes, start, end);
    } catch (error) {
      // It was refused, before or while it was taken over; what is still written keeps to either.
      this.ledger?.check.initialWindow(Math.max(before, this.peer.initialWindowBytes));
      throw error;
    }
  }

  override writeMessage(
    stream: Stream,
    bytes: Uint8Array,
    compressed: boolean,
    endStream: boolean,
  ): void {
    this.ledger?.check.wrote(stream.id, PREFIX_BYTES + bytes.length);
    super.writeMessage(stream, bytes, compressed, endStream);
  }

  override writePart(stream: Stream, outbox: Outbox, bytes: number, endStream: boolean): void {
    this.ledger?.check.wrote(stream.id, bytes);
    super.writePart(stream, outbox, bytes, endStream);
  }

  override fail(code: number, text: string, detail: string = text): void {
    noteFailure(this.ledger, text);
    super.fail(code, text, detail);
  }
}

function book(ledger: Ledger | undefined, bytes: number, granted: boolean): boolean {
  if (ledger === undefined || !granted) return granted;
  ledger.held += bytes;
  if (ledger.held < 0) ledger.faults.note("more octets were let go than were held");
  return granted;
}

function noteFailure(ledger: Ledger | undefined, text: string): void {
  if (text.includes("a fault of this engine")) ledger?.faults.note(text);
}

/** A new initial window holds for what is written while it is taken over. */
function noteWindow(
  ledger: Ledger | undefined,
  peer: Settings,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  const next: Settings = { ...defaultSettings(), initialWindowBytes: peer.initialWindowBytes };
  try {
    readSettings(bytes, start, end, next, false);
  } catch {
    return; // it is the session's to refuse
  }
  ledger?.check.initialWindow(next.initialWindowBytes);
}
