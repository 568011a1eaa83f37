import { Metadata } from "@tightwire/core";
import {
  type Completion,
  type OutgoingCall,
  StatusNumber,
  type StreamHandle,
  SYSTEM,
} from "@tightwire/core/runtime";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rawFrame } from "../frames/raw-frame.test-support.js";
import { silentTransport } from "../session/byte-transport.test-support.js";
import { DEFAULT_LIMITS } from "../session/limits.js";
import { ClientSession } from "./client-session.js";

const NEVER = Number.POSITIVE_INFINITY;
const MINUTE = 60_000;
const PING_TIMEOUT_MS = 5_000;
const PREFACE_BYTES = 24;
const PING = 6;
const SETTINGS = rawFrame(4, 0, 0);
const SETTINGS_ACK = rawFrame(4, 1, 0);
const CANCELLED = { code: StatusNumber.CANCELLED, message: "" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
const HEAD: Buffer = Buffer.concat([Buffer.of(0x88, 0x0f, 0x10), text("application/grpc")]);
const TRAILERS: Buffer = Buffer.concat([Buffer.of(0x00), text("grpc-status"), text("0")]);

const head = (streamId: number): Buffer => rawFrame(1, 4, streamId, HEAD);
const emptyMessage = (streamId: number): Buffer => rawFrame(0, 0, streamId, Buffer.alloc(5));
const response = (streamId: number): Buffer =>
  Buffer.concat([head(streamId), emptyMessage(streamId), rawFrame(1, 5, streamId, TRAILERS)]);

/**
 * A client's session whose server the test plays, in virtual time. `pinged`: the server
 * acknowledges each PING after a millisecond, and this hears of it.
 */
function openSession(pinged?: () => void) {
  const pings: Buffer[] = [];
  const log: string[] = [];
  let toSkip = PREFACE_BYTES;
  const session = new ClientSession(
    silentTransport({
      write(bytes) {
        for (let at = toSkip; at < bytes.length; at += 9 + bytes.readUIntBE(at, 3))
          if (bytes[at + 3] === PING && bytes[at + 4] === 0)
            sent(rawFrame(PING, 1, 0, Buffer.from(bytes.subarray(at + 9, at + 17))));
        toSkip = 0;
      },
    }),
    {
      ...SYSTEM,
      // Of its own: the turns of one test do not reach into the next.
      clock: { ...SYSTEM.clock },
      limits: DEFAULT_LIMITS,
      maxMessageBytes: 1_000,
      keepaliveMs: NEVER,
      keepaliveTimeoutMs: 1_000,
      pingTimeoutMs: PING_TIMEOUT_MS,
      scheme: "http",
      authority: "a",
      firstStreamId: 1,
    },
    {
      ready() {},
      state: (state, why) => void log.push(`${state}: ${why.message}`),
      busy() {},
      tooManyPings() {},
    },
  );
  session.receive(SETTINGS);
  session.receive(SETTINGS_ACK);
  function sent(acknowledgement: Buffer): void {
    pings.push(acknowledgement);
    if (pinged === undefined) return;
    setTimeout(() => {
      pinged();
      session.receive(acknowledgement);
    }, 1);
  }
  let made = 0;

  function outgoing(timeoutMs: number, idleTimeoutMs?: number): OutgoingCall {
    return {
      path: "/a/B",
      metadata: new Metadata(),
      deadline: performance.now() + timeoutMs,
      compress: false,
      previousAttempts: 0,
      ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
    };
  }

  return {
    session,
    log,
    /** The PINGs that the client sent, as they are acknowledged. */
    pings: () => pings,
    /** Makes a unary call. */
    call(timeoutMs: number) {
      const ends: Completion[] = [];
      const handle = session.unary(outgoing(timeoutMs), new Uint8Array(), {
        finished: (end) => void ends.push(end),
      });
      return { id: made++ * 2 + 1, ends, handle };
    },
    /** Makes a streaming call. */
    stream(timeoutMs: number, idleTimeoutMs: number): { id: number; handle: StreamHandle } {
      const handle = session.stream(outgoing(timeoutMs, idleTimeoutMs), {
        headers() {},
        message() {},
        drained() {},
        finished() {},
      });
      handle.pull(1_000_000);
      return { id: made++ * 2 + 1, handle };
    },
  };
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe("a server that is gone without a word", () => {
  test("is suspected after half of a call's time, and its connection closed when no acknowledgement comes", async () => {
    const { call, log, pings } = openSession();
    const { ends } = call(10_000);
    await pass(4_999);
    expect(pings()).toHaveLength(0);
    await pass(1);
    expect(pings()).toHaveLength(1);
    await pass(PING_TIMEOUT_MS - 1);
    expect([log, ends]).toEqual([[], []]);
    await pass(1);
    const message =
      "the connection was closed: the server did not acknowledge a PING within 5000 ms";
    expect(log).toEqual([`closed: ${message}`]);
    expect(ends).toEqual([
      expect.objectContaining({
        code: StatusNumber.UNAVAILABLE,
        message,
        outcome: "unknown",
        origin: "local",
      }),
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is suspected after one second at the earliest, also when the call has finished by then", async () => {
    const { call, log, pings } = openSession();
    const { handle } = call(200);
    await pass(200);
    handle.cancel(CANCELLED);
    await pass(799);
    expect(pings()).toHaveLength(0);
    await pass(1);
    expect(pings()).toHaveLength(1);
    await pass(PING_TIMEOUT_MS);
    expect(log).toHaveLength(1);
  });

  test("is suspected by the first call whose half passes, whichever was sent first", async () => {
    const { call, pings } = openSession();
    call(60_000);
    await pass(1_000);
    call(4_000);
    await pass(500);
    call(60_000);
    await pass(1_499);
    expect(pings()).toHaveLength(0);
    await pass(1);
    expect(pings()).toHaveLength(1);
  });

  test("is suspected by a stream after half of its idle timeout, by a call in flight after half of its time, since it was heard last", async () => {
    const opened = openSession();
    const { id } = opened.stream(NEVER, 60_000);
    for (let message = 0; message < 5; message++) {
      await pass(20_000);
      opened.session.receive(
        message === 0 ? Buffer.concat([head(id), emptyMessage(id)]) : emptyMessage(id),
      );
    }
    await pass(29_999);
    expect(opened.pings()).toHaveLength(0);
    await pass(1);
    expect(opened.pings()).toHaveLength(1);
    await pass(PING_TIMEOUT_MS);
    expect(opened.log).toHaveLength(1);
  });

  test("is not suspected by a call without a deadline", async () => {
    const { call, pings } = openSession();
    call(NEVER);
    await pass(60 * MINUTE);
    expect(pings()).toHaveLength(0);
  });

  test("is not found by calls that were made after it was asked", async () => {
    const { call, log, session, pings } = openSession();
    call(10_000);
    await pass(5_000);
    session.receive(pings()[0] as Buffer);
    const { id } = call(60_000);
    await pass(PING_TIMEOUT_MS);
    expect(log).toEqual([]);
    session.receive(response(id));
  });
});

describe("a server that is there", () => {
  test.each([
    ["the acknowledgement", undefined],
    ["any other frame", rawFrame(8, 0, 0, Buffer.from([0, 0, 0, 1]))],
  ])("is no longer suspected when %s comes", async (_, bytes) => {
    const { call, log, session, pings } = openSession();
    const { handle } = call(10_000);
    await pass(6_000);
    session.receive(bytes ?? (pings()[0] as Buffer));
    handle.cancel(CANCELLED);
    await pass(60 * MINUTE);
    expect([log, pings().length]).toEqual([[], 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("gets no PING while it responds in time, whatever the load", async () => {
    const { call, session, pings } = openSession();
    for (let second = 0; second < 60; second++) {
      const ids = [call(2_000).id, call(10_000).id, call(60_000).id];
      await pass(900);
      for (const id of ids) session.receive(response(id));
      await pass(100);
    }
    expect(pings()).toHaveLength(0);
  });

  test("gets no PING while nothing is called, and no timer runs", async () => {
    const { call, session, pings } = openSession();
    session.receive(response(call(10_000).id));
    await pass(60 * MINUTE);
    expect(pings()).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the books of PINGs", () => {
  test("two follow the last HEADERS or DATA; then one every six minutes, while a stream is open", async () => {
    const opened = openSession(() => {});
    opened.stream(NEVER, 20_000);
    await pass(MINUTE);
    expect(opened.pings()).toHaveLength(2); // after 10 s and 20 s
    await pass(5 * MINUTE);
    expect(opened.pings()).toHaveLength(2);
    await pass(30_000);
    expect(opened.pings()).toHaveLength(3);
    await pass(12 * MINUTE);
    expect(opened.pings()).toHaveLength(5);
  });

  test("calls that never get a response cause two PINGs, and no more when they are gone", async () => {
    const opened = openSession(() => {});
    for (let count = 0; count < 20; count++) {
      const { handle } = opened.call(2_000);
      await pass(2_000);
      handle.cancel(CANCELLED);
    }
    await pass(60 * MINUTE);
    expect(opened.pings()).toHaveLength(2);
  });

  test("a call that is made six minutes after the last PING may cause one", async () => {
    const opened = openSession(() => {});
    for (let count = 0; count < 3; count++) {
      const { handle } = opened.call(2_000);
      await pass(2_000);
      handle.cancel(CANCELLED);
    }
    await pass(6 * MINUTE);
    expect(opened.pings()).toHaveLength(2);
    opened.call(10_000);
    await pass(5_000);
    expect(opened.pings()).toHaveLength(3);
  });

  test.each([
    ["HEADERS", head],
    ["DATA", (id: number) => Buffer.concat([head(id), emptyMessage(id)])],
  ])("%s allow two more, at once", async (_, bytes) => {
    const opened = openSession(() => {});
    const { id } = opened.stream(NEVER, 20_000);
    await pass(MINUTE);
    expect(opened.pings()).toHaveLength(2);
    opened.session.receive(bytes(id));
    await pass(MINUTE);
    expect(opened.pings()).toHaveLength(4);
  });

  test("whatever happens, neither C-core nor grpc-go finds them too many", async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = randomOf(seed);
      const server = new PunishingServer();
      const open: { id: number; handle: StreamHandle }[] = [];
      let pings = 0;
      const opened = openSession(() => {
        pings++;
        server.pinged(performance.now(), open.length);
      });
      for (let step = 0; step < 200; step++) {
        const chance = random();
        if (chance < 0.3 && open.length < 5) {
          const streams = random() < 0.3;
          open.push(streams ? opened.stream(NEVER, 30_000) : opened.call(500 + random() * 30_000));
        } else if (chance < 0.4) open.shift()?.handle.cancel(CANCELLED);
        else if (chance < 0.45) {
          const [one] = open.splice(0, 1);
          if (one !== undefined) {
            opened.session.receive(response(one.id));
            server.responded();
          }
        }
        await pass(random() < 0.02 ? 10 * MINUTE : random() * 8_000);
      }
      expect(opened.log, `seed ${seed}`).toEqual([]);
      expect(server.mostStrikes, `seed ${seed}`).toBeLessThanOrEqual(2);
      expect(pings, `seed ${seed}`).toBeGreaterThan(5);
    }
  });
});

/**
 * Counts the strikes of a server that finds PINGs too many: from the third on it closes the
 * connection. Source: gRFC A8; `keepalive.EnforcementPolicy` of grpc-go and `ping_abuse_policy.cc`
 * of C-core, with their defaults.
 */
class PunishingServer {
  mostStrikes = 0;
  #strikes = 0;
  #pingedAt = Number.NEGATIVE_INFINITY;

  /** HEADERS or DATA were sent. */
  responded(): void {
    this.#strikes = 0;
    this.#pingedAt = Number.NEGATIVE_INFINITY;
  }

  pinged(now: number, openStreams: number): void {
    const allowedAfterMs = openStreams > 0 ? 5 * MINUTE : 120 * MINUTE;
    if (now < this.#pingedAt + allowedAfterMs) this.#strikes++;
    this.mostStrikes = Math.max(this.mostStrikes, this.#strikes);
    this.#pingedAt = now;
  }
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
