import { Metadata } from "@tightwire/core";
import {
  type Acceptor,
  type Completion,
  type OutgoingCall,
  type ResponseSink,
  type Status,
  StatusNumber,
  SYSTEM,
} from "@tightwire/core/runtime";
import { createGate, type EventLog, errorOf, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { callOnce, KINDS, responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

const CALL: OutgoingCall = {
  path: "/a/B",
  metadata: new Metadata(),
  deadline: Number.POSITIVE_INFINITY,
  compress: false,
  previousAttempts: 0,
};
const WHY: Status = { code: StatusNumber.ABORTED, message: "nobody wants it any more" };
const CANCELLED = {
  code: "cancelled",
  origin: "local",
  message: "the channel was closed",
} as const;

/** Accepts every call and never responds; counts them in the log. */
function silentAcceptor(log: EventLog): Acceptor {
  return {
    ...SYSTEM,
    maxMessageBytes: 1_000,
    open: (call) => ({
      kind: "accepted",
      start: () => log.add("accepted"),
      message() {},
      halfClosed() {},
      drained() {},
      cancelled: () => call.handlerFinished(),
    }),
  };
}

function sinkThat(finished: (end: Completion) => void): ResponseSink {
  return { headers() {}, message() {}, drained() {}, finished };
}

/** How channels and connections close, and how their calls finish because of that. */
export function closing({ test }: Suite): void {
  for (const [when, graceMs] of [
    ["at once", 0],
    ["after a grace period that ran out", 30],
  ] as const) {
    test(`a channel that is closed finishes calls in flight as CANCELLED, ${when}`, async (stage) => {
      const over = createGate();
      const { client, channel } = await stage.open({
        handlers: responding(async () => {
          stage.log.add("runs");
          await over.passed;
          return testMessage();
        }),
      });
      const calls = KINDS.map((kind) => errorOf(callOnce(client, kind)));
      await eventually(() => expect(stage.log.entries).toHaveLength(KINDS.length));
      await channel.close(graceMs);
      for (const error of await Promise.all(calls)) expect(error).toMatchObject(CANCELLED);
      over.open();
    });

    test(`a connection that is closed finishes its calls with the given status, ${when}`, async (stage) => {
      const connection = await stage.connect(await stage.openRaw(silentAcceptor(stage.log)));
      const ends: Completion[] = [];
      connection.stream(
        CALL,
        sinkThat((end) => ends.push(end)),
      );
      connection.unary(CALL, new Uint8Array(), { finished: (end) => void ends.push(end) });
      await connection.close(graceMs, WHY);
      expect(ends).toEqual([
        expect.objectContaining({ ...WHY, origin: "local" }),
        expect.objectContaining({ ...WHY, origin: "local" }),
      ]);
    });
  }

  test("a channel that is closed finishes calls that wait for a connection as CANCELLED", async (stage) => {
    const listener = await stage.openRaw(silentAcceptor(stage.log));
    const { client, channel } = stage.channelTo(listener, {
      transport: { ...listener.transport, connect: () => new Promise(() => {}) },
    });
    const calls = KINDS.map((kind) => errorOf(callOnce(client, kind)));
    await channel.close(5_000);
    for (const error of await Promise.all(calls))
      expect(error).toMatchObject({ ...CANCELLED, outcome: "not-processed" });
  });

  for (const kind of ["unary", "stream"] as const) {
    test(`a connection that its server closes says so before its calls finish: ${kind}`, async (stage) => {
      const { log } = stage;
      const listener = await stage.openRaw(silentAcceptor(log));
      const connection = await stage.connect(listener);
      const ended = { finished: () => log.add("finished") };
      if (kind === "unary") connection.unary(CALL, new Uint8Array(), ended);
      else connection.stream(CALL, sinkThat(ended.finished));
      await log.until("accepted");
      connection.onState(() => log.add("takes no more calls"));
      await listener.closeNow();
      await log.until("finished");
      expect(log.entries.slice(0, 2)).toEqual(["accepted", "takes no more calls"]);
    });
  }
}
