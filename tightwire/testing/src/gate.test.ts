import { expect, test } from "vitest";
import { createEventLog } from "./event-log.js";
import { createGate } from "./gate.js";

test("holds until it is open, and lets pass whoever comes later", async () => {
  const gate = createGate();
  const log = createEventLog();
  const waiting = gate.passed.then(() => log.add("passed"));
  log.add("before");
  gate.open();
  await waiting;
  await gate.passed;
  expect(log.entries).toEqual(["before", "passed"]);
});
