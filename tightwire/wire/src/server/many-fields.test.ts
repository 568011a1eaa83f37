import { type Acceptor, type IncomingCall, SYSTEM } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { PREFACE } from "../frames/protocol.js";
import { rawFrame } from "../frames/raw-frame.test-support.js";
import { DEFAULT_LIMITS } from "../session/limits.js";
import { ServerSession } from "./server-session.js";

const NEVER = Number.POSITIVE_INFINITY;
const SETTINGS = 4;
/** `SETTINGS_INITIAL_WINDOW_SIZE` of 0: nothing of a response with messages is ever read. */
const NO_WINDOW = rawFrame(SETTINGS, 0, 0, Buffer.of(0, 4, 0, 0, 0, 0));

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);

/** A head, with one large field that goes into the table first, and `count` fields of a byte. */
function head(streamId: number, count: number): Buffer {
  const literals = [":path", "/a/B", "content-type", "application/grpc", "te", "trailers"];
  const fields = [Buffer.of(0x83, 0x86)];
  for (let at = 0; at < literals.length; at += 2)
    fields.push(
      Buffer.concat([Buffer.of(0), text(literals[at] as string), text(literals[at + 1] as string)]),
    );
  fields.push(
    streamId === 1
      ? Buffer.concat([Buffer.of(0x40), text("x"), text("y".repeat(100))])
      : Buffer.of(0xbe),
  );
  return rawFrame(1, 4, streamId, Buffer.concat([...fields, Buffer.alloc(count, 0xbe)]));
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
  const session = new ServerSession(
    { waitingBytes: 0, write() {}, whenWritten() {}, end() {}, destroy() {} },
    {
      ...SYSTEM,
      limits: DEFAULT_LIMITS,
      maxMessageBytes: 1_000,
      keepaliveMs: NEVER,
      keepaliveTimeoutMs: 1,
      maxIdleMs: NEVER,
      maxAgeMs: NEVER,
      maxAgeGraceMs: NEVER,
    },
    { kind: "network", address: "test" },
    { acceptor, sessionClosed() {} },
  );
  session.receive(Buffer.concat([PREFACE, NO_WINDOW]));
  return { session, calls };
}

test("31. thousands of one-byte fields in a block fail the call, and none of them is kept", () => {
  const { session, calls } = openSession();
  for (let call = 0; call < 900; call++) session.receive(head(call * 2 + 1, 16_000));
  expect(calls).toHaveLength(900);
  for (const { fields, fault } of calls) {
    expect(fault).toBe(8);
    expect(fields).toBeLessThanOrEqual(DEFAULT_LIMITS.maxHeaderFields);
  }
  expect(session.session.closed).toBe(false);
});
