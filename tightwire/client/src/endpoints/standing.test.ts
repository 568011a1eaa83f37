import { expect, test } from "vitest";
import { afterFailure, afterSuccess, type Standing, TRUSTED } from "./standing.js";

/** The middle: no jitter. */
const CHANCE = 0.5;

function fail(standing: Standing, times: number, maySetAside = true): Standing {
  let now = standing;
  for (let count = 0; count < times; count++) now = afterFailure(now, maySetAside, CHANCE);
  return now;
}

test("five failures in a row set it aside for a second; a success between begins again", () => {
  expect(fail(TRUSTED, 4).kind).toBe("trusted");
  expect(fail(TRUSTED, 5)).toEqual({ kind: "aside", ms: 1_000, times: 1 });
  expect(fail(afterSuccess(fail(TRUSTED, 4)), 4).kind).toBe("trusted");
});

test("each probe that fails doubles the time, up to 30 s; one that succeeds ends it", () => {
  const times: number[] = [];
  for (let count = 1; count <= 7; count++) {
    const next = afterFailure({ kind: "probed", times: count }, true, CHANCE);
    if (next.kind === "aside") times.push(next.ms);
  }
  expect(times).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(afterSuccess({ kind: "probed", times: 3 })).toEqual(TRUSTED);
});

test("where enough are aside it stays, and leaves when another has come back", () => {
  const failing = fail(TRUSTED, 9, false);
  expect(failing.kind).toBe("trusted");
  expect(fail(failing, 1).kind).toBe("aside");
});

test("jitter is a quarter either way", () => {
  const ms = (chance: number) =>
    (afterFailure(fail(TRUSTED, 4), true, chance) as { ms: number }).ms;
  expect([ms(0), ms(1)]).toEqual([750, 1_250]);
});

test("what was sent before it was set aside changes nothing", () => {
  const aside = fail(TRUSTED, 5);
  expect(afterSuccess(aside)).toBe(aside);
  expect(afterFailure(aside, true, CHANCE)).toBe(aside);
});
