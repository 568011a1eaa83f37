import type { Completion } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { maySendAgain } from "./run.js";

const refused: Completion = {
  code: 14,
  message: "refused",
  headers: undefined,
  trailers: undefined,
  outcome: "not-processed",
  origin: "peer",
};

test.each<[string, boolean, Partial<Completion>, number, number]>([
  ["the peer never processed it", true, {}, 1, 100],
  ["the third time", true, {}, 3, 100],
  ["the fourth time", false, {}, 4, 100],
  ["no time is left", false, {}, 1, 0],
  ["the outcome is unknown", false, { outcome: "unknown" }, 1, 100],
  ["the peer responded", false, { outcome: "responded" }, 1, 100],
  ["it failed on this side, with another status", false, { code: 4 }, 1, 100],
])("%s: %s", (_name, expected, completion, attempts, timeLeftMs) => {
  expect(maySendAgain({ ...refused, ...completion }, attempts, timeLeftMs)).toBe(expected);
});
