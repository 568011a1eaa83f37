import { setImmediate as nextTurn } from "node:timers/promises";
import { type Acceptor, type IncomingCall, SYSTEM } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { PREFACE } from "../frames/protocol.js";
import {
  END_HEADERS,
  HEADERS,
  rawFrame,
  request,
  settings,
} from "../frames/raw-frame.test-support.js";
import { rawBlock, rawIndexed, rawLiteral } from "../hpack/raw-hpack.test-support.js";
import { DEFAULT_LIMITS } from "../session/limits.js";
import { openServerSession } from "./server-session.test-support.js";

/** `SETTINGS_INITIAL_WINDOW_SIZE` of 0: nothing of a response with messages is ever read. */
const NO_WINDOW = settings([4, 0]);
/** The index of the entry that came last: behind the 61 of the static table. */
const NEWEST_ENTRY = 62;

/** A head, with one large field that goes into the table first, and `count` fields of a byte. */
function head(streamId: number, count: number): Buffer {
  const large =
    streamId === 1 ? rawLiteral(["x", "y".repeat(100)], "indexed") : rawIndexed(NEWEST_ENTRY);
  const block = [rawBlock(request("/a/B")), large, Buffer.alloc(count, rawIndexed(NEWEST_ENTRY))];
  return rawFrame(HEADERS, END_HEADERS, streamId, Buffer.concat(block));
}

/** A session of a server whose handlers never finish. */
function openSession() {
  const calls: { call: IncomingCall; fields: number; fault: number | undefined }[] = [];
  const acceptor: Acceptor = {
    ...SYSTEM,
    maxMessageBytes: 1_000,
    open(call) {
      calls.push({ call, fields: [...call.metadata].length, fault: call.fault?.code });
      if (call.fault !== undefined)
        return { kind: "refused", status: { ...call.fault, trailers: undefined } };
      return {
        kind: "accepted",
        start() {},
        message() {},
        halfClosed() {},
        drained() {},
        cancelled() {},
      };
    },
  };
  const session = openServerSession(acceptor);
  session.receive(Buffer.concat([PREFACE, NO_WINDOW]));
  return { session, calls };
}

test("31. thousands of one-byte fields in a block fail the call, and none of them is kept", async () => {
  const { session, calls } = openSession();
  for (let call = 0; call < 900; call++) {
    session.receive(head(call * 2 + 1, 16_000));
    await nextTurn();
  }
  expect(calls).toHaveLength(900);
  for (const { fields, fault } of calls) {
    expect(fault).toBe(8);
    expect(fields).toBeLessThanOrEqual(DEFAULT_LIMITS.maxHeaderFields);
  }
  expect(session.session.closed).toBe(false);
});
