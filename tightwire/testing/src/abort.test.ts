import { expect, test } from "vitest";
import { aborted } from "./abort.js";

test("resolves once the signal has aborted, and at once for one that has", async () => {
  const controller = new AbortController();
  const waiting = aborted(controller.signal);
  controller.abort();
  await waiting;
  await aborted(controller.signal);
  expect(controller.signal.aborted).toBe(true);
});
