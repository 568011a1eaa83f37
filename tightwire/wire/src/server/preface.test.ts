import { SYSTEM } from "@tightwire/core/runtime";
import { describe, expect, test } from "vitest";
import { PREFACE } from "../frames/protocol.js";
import { REFUSAL } from "./preface.js";
import type { ServerSession } from "./server-session.js";
import { openServerSession } from "./server-session.test-support.js";

const SETTINGS = 4;
const GOAWAY = 7;

/** A server's session, and what it has written. */
function openSession(): { session: ServerSession; written(): Promise<Buffer> } {
  const writes: Buffer[] = [];
  const session = openServerSession(
    {
      ...SYSTEM,
      maxMessageBytes: 1,
      open: () => ({ kind: "refused", status: { code: 12, message: "", trailers: undefined } }),
    },
    { write: (bytes) => void writes.push(Buffer.from(bytes)) },
  );
  // Frames are written when the code that runs now is done.
  return {
    session,
    written: () => new Promise((resolve) => process.nextTick(() => resolve(Buffer.concat(writes)))),
  };
}

/** The types of frames, in order. */
function typesOf(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < bytes.length; at += 9 + bytes.readUIntBE(at, 3))
    types.push(bytes[at + 3] as number);
  return types;
}

describe("a server's first bytes", () => {
  test("to a client of HTTP/1 are those of a refusal that it can read", async () => {
    const { session, written } = openSession();
    session.receive(Buffer.from("GET / HTTP/1.1\r\n"));
    session.receive(Buffer.from("\r\n"));
    expect(String(await written())).toBe(String(REFUSAL));
  });

  test("are SETTINGS, once the client's preface is whole", async () => {
    const { session, written } = openSession();
    session.receive(PREFACE.subarray(0, 10));
    expect(await written()).toHaveLength(0);
    session.receive(PREFACE.subarray(10));
    expect(typesOf(await written())[0]).toBe(SETTINGS);
  });

  test("are SETTINGS before GOAWAY, to a client that says nothing until it is drained, closed or given up", async () => {
    for (const end of [
      (session: ServerSession) => session.drain(),
      (session: ServerSession) => session.close({ code: 14, message: "" }),
      (session: ServerSession) => session.session.fail(1, "no SETTINGS came in time"),
    ]) {
      const { session, written } = openSession();
      end(session);
      const types = typesOf(await written());
      expect(types[0]).toBe(SETTINGS);
      expect(types).toContain(GOAWAY);
    }
  });
});
