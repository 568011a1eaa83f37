import { type Clock, systemClock } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { createLimitLog } from "./limit-log.js";

test("logs each limit at once, then at most every ten seconds with how often it acted", () => {
  const lines: [object, string][] = [];
  const quiet = (): void => {};
  let now = 0;
  const clock: Clock = { ...systemClock, now: () => now };
  const log = createLimitLog(
    {
      debug: quiet,
      info: quiet,
      warn: (fields, text) => void lines.push([fields, text]),
      error: quiet,
    },
    clock,
    quiet,
  );
  const effect = "the connection was closed";
  for (let time = 0; time < 1_000; time++) log({ limit: "maxPingsPerSecond", peer: "a", effect });
  log({ limit: "maxHeldBytes", peer: "b", effect });
  now = 10_000;
  log({ limit: "maxPingsPerSecond", peer: "c", effect });
  expect(lines).toEqual([
    [{ limit: "maxPingsPerSecond", peer: "a", times: 1 }, `a limit acted: ${effect}`],
    [{ limit: "maxHeldBytes", peer: "b", times: 1 }, `a limit acted: ${effect}`],
    [{ limit: "maxPingsPerSecond", peer: "c", times: 1_000 }, `a limit acted: ${effect}`],
  ]);
});

test("a logger that throws is reported, and changes nothing", () => {
  const reported: unknown[] = [];
  const quiet = (): void => {};
  const warn = (): void => {
    throw new Error("boom");
  };
  const log = createLimitLog(
    { debug: quiet, info: quiet, warn, error: quiet },
    systemClock,
    (thrown) => void reported.push(thrown),
  );
  log({ limit: "maxHeldBytes", peer: "a", effect: "" });
  expect(reported).toHaveLength(1);
});
