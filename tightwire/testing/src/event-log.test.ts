import { expect, test } from "vitest";
import { createEventLog } from "./event-log.js";

test("keeps the order, and waits for an entry", async () => {
  const log = createEventLog();
  log.add("one");
  setTimeout(() => log.add("two"), 5);
  await log.until("two");
  expect(log.entries).toEqual(["one", "two"]);
});

test("says what happened instead of an entry that does not come", async () => {
  const log = createEventLog(10);
  log.add("one");
  await expect(log.until("two")).rejects.toThrow('"two" did not happen; ["one"] did');
});
