import { expect, test } from "vitest";
import type { Case } from "./cases.js";
import type { PeerClient } from "./peer.js";
import { measureWindow } from "./window.js";

const client = {} as PeerClient;

function load(inFlight: number, call: Case["call"]): Case {
  return { name: "fake", inFlight, unit: "call", timed: "a call", lifeHeaders: false, call };
}

test("counts every unit of calls that overlap, and keeps as many going as asked", async () => {
  let running = 0;
  let most = 0;
  let made = 0;
  const window = await measureWindow(
    client,
    load(8, async (_, timed) => {
      made++;
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      timed(2);
      return 3;
    }),
    0.03,
  );
  expect(most).toBe(8);
  expect(running).toBe(0);
  expect(window.count).toBe(3 * made);
  expect([window.p50Us, window.p99Us]).toEqual([2000, 2000]);
});

test("rejects with the call that failed", async () => {
  const failing = load(2, () => Promise.reject(new Error("refused")));
  await expect(measureWindow(client, failing, 0.01)).rejects.toThrow("refused");
});
