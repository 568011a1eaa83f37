import { Metadata } from "@tightwire/core";
import { SYSTEM } from "@tightwire/core/runtime";
import { describe, expect, test } from "vitest";
import { ClientSession } from "../client/client-session.js";
import { silentTransport } from "./byte-transport.test-support.js";
import { DEFAULT_LIMITS } from "./limits.js";

const SETTINGS = Buffer.from("000000040000000000", "hex");

/**
 * A client's session with a call that has a large message to send, to a peer that gives credit by
 * hand.
 */
function openSession(): {
  end: () => string | undefined;
  sent: () => number;
  credit(bytes: number): Promise<void>;
} {
  let end: string | undefined;
  let sent = 0;
  const transport = silentTransport({
    write(bytes) {
      sent += bytes.length;
    },
  });
  const tell = (_state: unknown, why: { message: string }): void => {
    end = why.message;
  };
  const session = new ClientSession(
    transport,
    {
      ...SYSTEM,
      limits: DEFAULT_LIMITS,
      maxMessageBytes: 64 * 1024 * 1024,
      keepaliveMs: Number.POSITIVE_INFINITY,
      pingTimeoutMs: 5_000,
      keepaliveTimeoutMs: 20_000,
      scheme: "http",
      authority: "test",
      firstStreamId: 1,
    },
    { ready: () => {}, state: tell, busy: () => {}, tooManyPings: () => {} },
  );
  session.receive(SETTINGS);
  const call = {
    path: "/a.B/C",
    metadata: new Metadata(),
    deadline: Number.POSITIVE_INFINITY,
    compress: false,
    previousAttempts: 0,
  };
  session.unary(call, new Uint8Array(60_000_000), { finished: () => {} });
  return {
    end: () => end,
    sent: () => sent,
    credit(bytes) {
      const update = Buffer.from(
        "00000408000000000000000000" + "00000408000000000100000000",
        "hex",
      );
      update.writeUInt32BE(bytes, 9);
      update.writeUInt32BE(bytes, 22);
      session.receive(update);
      // Frames are read in turns, and what the credit allows is written in the same one.
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("a peer's windows", () => {
  test("that cut some frames of a fast stream short end nothing, as a proxy's do", async () => {
    const { credit, end, sent } = openSession();
    for (let count = 0; count < 5_000; count++) {
      await credit(100);
      await credit(8_000);
    }
    expect(end()).toBeUndefined();
    expect(sent()).toBeGreaterThan(5_000 * 8_100);
  });

  test("that make every frame tiny close the connection", async () => {
    const { credit, end } = openSession();
    for (let count = 0; count < 3_000; count++) await credit(100);
    expect(end()).toBe(
      "the connection was closed: ENHANCE_YOUR_CALM: windows so small that frames hold next to nothing",
    );
  });
});
