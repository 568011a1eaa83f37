import { createChannel, createClient } from "@tightwire/client";
import type { Random } from "@tightwire/core/runtime";
import { createVirtualClock, eventually } from "@tightwire/testing";
import { TestService, testMessage } from "@tightwire/transport-contract";
import { wire } from "@tightwire/wire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  data,
  goaway,
  HEADERS,
  headers,
  listenRaw,
  message,
  type RawPeer,
  responseHead,
  SETTINGS,
} from "./raw-peer.js";

/** Full waits: chance makes none of them shorter. */
const random: Random = { next: () => 1 - Number.EPSILON, hex: (bytes) => "0".repeat(bytes * 2) };
const STEP_MS = 100;
/** Waits of 100, 200, 400, 800, 1,600, 3,200 and 6,400 ms end within 12.8 s. */
const PERIOD_MS = 12_800;
const MOST_CONNECTIONS = 8;

/** A server that greets each client and then behaves; counts its clients. */
async function listen(behave: (peer: RawPeer) => unknown) {
  return await listenRaw(async (peer) => {
    await peer.greet();
    await behave(peer);
  });
}

/** A client in virtual time, whose caller calls again and again. */
function openCaller(address: string) {
  const clock = createVirtualClock();
  const channel = createChannel(address, { transport: wire(), clock, random });
  const client = createClient(TestService, channel);
  const outcomes: string[] = [];
  let stopped = false;
  onTestFinished(async () => {
    stopped = true;
    await channel.close(0);
  });
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  void (async () => {
    while (!stopped) {
      outcomes.push(
        await client.unary(testMessage(), { timeoutMs: Number.POSITIVE_INFINITY }).then(
          () => "ok",
          (error: { code: string }) => error.code,
        ),
      );
      await turn();
    }
  })();
  /** Lets everything happen that needs no time to pass. */
  async function settle(): Promise<void> {
    for (let count = 0; count < 5; count++) {
      await turn();
      clock.runUntilIdle();
    }
  }
  return {
    outcomes,
    settle,
    /** Lets virtual time pass in small steps, each with real time for sockets. */
    async pass(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        await settle();
        clock.advance(STEP_MS);
      }
    },
  };
}

const firstCall = (peer: RawPeer) =>
  peer.until("a call", ({ type, fields }) => type === HEADERS && fields !== undefined);

describe("35. the backoff ends with a call that succeeded, not with a connect", () => {
  test.each<[string, (peer: RawPeer) => unknown]>([
    ["with its SETTINGS", (peer) => peer.send(goaway(0))],
    [
      "once the client's SETTINGS came",
      async (peer) => {
        await peer.until(
          "an acknowledgement",
          ({ type, flags }) => type === SETTINGS && flags === 1,
        );
        peer.send(goaway(0));
      },
    ],
    [
      "behind a call that it refused",
      async (peer) => {
        const { streamId } = await firstCall(peer);
        peer.send(
          headers(streamId, responseHead(["grpc-status", "14"]), { endStream: true }),
          goaway(streamId),
        );
      },
    ],
    [
      "behind a proxy's page",
      async (peer) => {
        const { streamId } = await firstCall(peer);
        peer.send(headers(streamId, [[":status", "503"]], { endStream: true }), goaway(streamId));
      },
    ],
  ])("35. a server that sends GOAWAY %s is connected to less and less often", async (_, behave) => {
    const { address, peers } = await listen(behave);
    const { pass, settle } = openCaller(address);
    await eventually(async () => {
      await settle();
      expect(peers.length).toBeGreaterThan(0);
    });
    await pass(PERIOD_MS);
    expect(peers.length).toBeGreaterThan(2);
    expect(peers.length).toBeLessThanOrEqual(MOST_CONNECTIONS);
  });

  test("35. a server that sends GOAWAY behind a response is connected to at once", async () => {
    const { address, peers } = await listen(async (peer) => {
      const { streamId } = await firstCall(peer);
      peer.send(
        headers(streamId, responseHead()),
        data(streamId, message()),
        headers(streamId, [["grpc-status", "0"]], { endStream: true }),
        goaway(streamId),
      );
    });
    const { outcomes, settle } = openCaller(address);
    await eventually(async () => {
      await settle();
      expect(outcomes.length).toBeGreaterThan(MOST_CONNECTIONS);
    });
    expect(new Set(outcomes)).toEqual(new Set(["ok"]));
    expect(peers.length).toBeGreaterThan(MOST_CONNECTIONS);
  });
});
