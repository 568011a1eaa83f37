import type { Status } from "@tightwire/core/runtime";
import type { Inflation } from "./inflation.js";

// What reading messages needs of the stream that they come on.

/** Who the messages are for. */
export interface MessageReceiver {
  /** A message, in borrowed bytes. */
  message(bytes: Uint8Array, compressed: boolean): void;
  /**
   * Whether somebody waits for the next message. `ended`: the peer has sent all of them, or more
   * than one waits.
   */
  awaits(ended: boolean): boolean;
  /** Every message was given, and the peer has finished sending. */
  allReceived(): void;
  /** What came, or would come, finishes the call: its stream is reset, or it gets a response. */
  refuse(status: Status): void;
}

/** What reading asks of the connection. */
export interface ReceivingSession {
  readonly inflation: Inflation;
  /** The largest message that is accepted, after decompression. */
  readonly maxMessageBytes: number;
  readonly streamWindowBytes: number;
  /** The error message for a peer that finishes inside a message. */
  readonly cutShort: string;
  readonly account: ReceivingAccount;
  readonly credit: {
    /** Counts bytes that wait for readers from now on, or no longer (negative). */
    countUnread(bytes: number): void;
    /** Messages were read: the connection's credit may come back. */
    give(): void;
  };
  /** Gives the peer more window on a stream. */
  creditStream(streamId: number, bytes: number): void;
}

/** Where what is held of the peer's messages is counted; see `session/account.ts`. */
export interface ReceivingAccount {
  /** Whether so much is held that slow readers are held back. */
  readonly crowded: boolean;
  /** Whether a message of so many bytes may be decoded before anybody waits for it. */
  hasRoomAhead(bytes: number): boolean;
  /** Counts bytes that are held from now on, or no longer (negative); false when too many. */
  holdUndecoded(bytes: number): boolean;
  moveDecoded(bytes: number): void;
}

/** The stream that the DATA comes on. */
export interface ReceivingStream {
  readonly id: number;
  readonly session: ReceivingSession;
  readonly owner: MessageReceiver;
  readonly closed: boolean;
  remoteClosed: boolean;
  receiveWindow: number;
}
