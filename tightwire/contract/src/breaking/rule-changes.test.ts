import { expect, test } from "vitest";
import type { Rule } from "../validation/rule.js";
import { isTightened } from "./rule-changes.js";

const only = (value: number): Rule => ({ kind: "const", id: "int32.const", value });
const oneOf = (...values: number[]): Rule => ({ kind: "in", id: "int32.in", values });
const noneOf = (...values: number[]): Rule => ({ kind: "not_in", id: "int32.not_in", values });
const upTo = (value: number): Rule => ({
  kind: "range",
  id: "int32.lte",
  upper: { value, exclusive: false },
  outside: false,
});
const within = (seconds: bigint, nanos = 0): Rule => ({
  kind: "within",
  id: "timestamp.within",
  distance: { seconds, nanos },
});
const length = (size: number): Rule => ({
  kind: "size",
  id: "string.max_len",
  unit: "character",
  compare: "most",
  size,
});

test.each<[string, Rule, Rule[], boolean]>([
  ["a value to a list with it", oneOf(1, 2), [only(1)], false],
  ["a value to a list without it", oneOf(2, 3), [only(1)], true],
  ["a value to another", only(2), [only(1)], true],
  ["a list of one to that value", only(1), [oneOf(1)], false],
  ["a list to one of its values", only(1), [oneOf(1, 2)], true],
  ["a list to a range around it", upTo(2), [oneOf(1, 2)], false],
  ["a list to a range that cuts it", upTo(1), [oneOf(1, 2)], true],
  ["a list to other values refused", noneOf(7), [oneOf(1, 2)], false],
  ["a list to one of its values refused", noneOf(2), [oneOf(1, 2)], true],
  ["a range to a list", oneOf(1), [upTo(5)], true],
  ["a longer time", within(10n, 1), [within(10n)], false],
  ["the same time", within(10n), [within(10n)], false],
  ["a shorter time", within(9n, 999_999_999), [within(10n)], true],
  ["a length where a value was", length(1), [only(1)], true],
  ["anything where nothing was", oneOf(1), [], true],
])("%s", (_name, now, before, tightened) => {
  expect(isTightened(now, before)).toBe(tightened);
});
