import {
  defaultSettings,
  readSettings,
  type Settings,
} from "@tightwire/wire/internals/frames/settings.js";
import { PREFIX_BYTES } from "@tightwire/wire/internals/grpc/message-prefix.js";
import type { Session } from "@tightwire/wire/internals/session/session.js";
import type { Faults } from "./faults.js";
import type { OutputCheck } from "./output-check.js";

/** What an input is judged by, seen from inside a session. */
export interface Ledger {
  readonly faults: Faults;
  readonly check: OutputCheck;
}

/** Opens the books of a session: its parts tell the ledger what they hold, are given and write. */
export function watchSession(session: Session, ledger: Ledger): void {
  watchAccount(session, ledger);
  watchFrames(session, ledger);
  watchSender(session, ledger);
  const fail = session.fail.bind(session);
  session.fail = (code, message, detail = message) => {
    if (message.includes("a fault of this engine")) ledger.faults.note(message);
    fail(code, message, detail);
  };
}

/** What is released was held, in each book. */
function watchAccount({ account, credit }: Session, { faults }: Ledger): void {
  const books = [
    "moveUnparsed",
    "moveUndecoded",
    "moveDecoded",
    "moveUnread",
    "moveWaiting",
  ] as const;
  for (const name of books) {
    const move = account[name].bind(account);
    account[name] = (bytes) => {
      move(bytes);
      if (Object.values(account.held).some((held) => held < 0))
        faults.note(`${name}: more bytes were released than were held`);
      if (account.heldBytes !== account.process.heldBytes)
        faults.note("the books of the connection and the process differ");
    };
  }
  const countUnread = credit.countUnread.bind(credit);
  credit.countUnread = (bytes) => {
    countUnread(bytes);
    if (credit.unreadBytes < 0) faults.note("more bytes were read than waited for readers");
  };
}

/** The books of a session without streams: every byte that is held, by its name. */
export function heldAtRest({ account, credit }: Session): Readonly<Record<string, number>> {
  const { decoded, unread } = account;
  return { decoded, unread, unreadBytes: credit.unreadBytes };
}

function watchFrames({ frames, peer }: Session, { check }: Ledger): void {
  const windowUpdate = frames.windowUpdate.bind(frames);
  frames.windowUpdate = (streamId, increment) => {
    check.grant(streamId, increment);
    windowUpdate(streamId, increment);
  };
  const settings = frames.settings.bind(frames);
  frames.settings = (bytes, start, end) => {
    const before = peer.initialWindowBytes;
    noteWindow(check, peer, bytes, start, end);
    try {
      settings(bytes, start, end);
    } catch (error) {
      // They were refused, before or while they were applied; what is still written keeps to
      // either.
      check.initialWindow(Math.max(before, peer.initialWindowBytes));
      throw error;
    }
  };
}

function watchSender({ sender }: Session, { check }: Ledger): void {
  const writeMessage = sender.writeMessage.bind(sender);
  sender.writeMessage = (stream, bytes, compressed, endStream) => {
    check.wrote(stream.id, PREFIX_BYTES + bytes.length);
    writeMessage(stream, bytes, compressed, endStream);
  };
  const writePart = sender.writePart.bind(sender);
  sender.writePart = (stream, outbox, bytes, endStream) => {
    check.wrote(stream.id, bytes);
    writePart(stream, outbox, bytes, endStream);
  };
}

/** A new initial window holds for what is written while it is applied. */
function noteWindow(
  check: OutputCheck,
  peer: Settings,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  const next: Settings = { ...defaultSettings(), initialWindowBytes: peer.initialWindowBytes };
  try {
    readSettings(bytes, start, end, next, false);
  } catch {
    return; // the session refuses them
  }
  check.initialWindow(next.initialWindowBytes);
}
