import { expect, test } from "vitest";
import { BadRequest } from "../gen/google/rpc/error_details.js";
import { SYSTEM } from "../system.js";
import { field, formatFieldPath } from "./field-path.js";
import { isUnique } from "./unique.js";
import { validate } from "./validate.js";
import { violationError } from "./violation-error.js";
import { type Check, Violations } from "./violations.js";

const labels = field("labels");

/** Breaks a rule as often as the message says. */
const check: Check<number> = (times, found) => {
  for (let index = 0; index < times; index++) found.add(labels, "string.len", "must be short");
};

test("a hundred violations are kept, and all are counted", () => {
  expect(validate(check, 0, SYSTEM.clock)).toBeUndefined();
  const result = validate(check, 250, SYSTEM.clock);
  expect(result?.violations).toHaveLength(100);
  expect(result?.count).toBe(250);
  // Nothing of it is left for the next message.
  expect(validate(check, 1, SYSTEM.clock)?.count).toBe(1);
  expect(validate(check, 0, SYSTEM.clock)).toBeUndefined();
});

test("a check that throws leaves nothing behind", () => {
  const broken: Check<null> = (_, found) => {
    found.add(labels, "string.len", "must be short");
    throw new RangeError("boom");
  };
  expect(() => validate(broken, null, SYSTEM.clock)).toThrow("boom");
  expect(validate(check, 0, SYSTEM.clock)).toBeUndefined();
});

test("long keys are cut, and the message has none", () => {
  const found = new Violations(() => 0);
  const key = "k".repeat(300_000);
  for (let index = 0; index < 100; index++) found.add(undefined, "string.len", "must be short");
  found.within(0, labels, { key });
  expect(formatFieldPath(found.list[0]?.path ?? [])).toBe(`labels["${"k".repeat(64)}…"]`);
  const error = violationError("it", { violations: found.list, count: 100 });
  expect(error.message).toBe("it is not valid: labels[…] must be short (and 99 more)");
  const bytes = error.details.reduce((sum, { value }) => sum + value.byteLength, 0);
  expect(bytes).toBeLessThan(6_000);
  expect(error.detail(BadRequest)?.fieldViolations[0]?.reason).toBe("STRING_LEN");
});

test.each<[what: string, items: unknown[]]>([
  ["numbers", Array.from({ length: 40 }, (_, index) => index / 3)],
  ["bigints", Array.from({ length: 40 }, (_, index) => 2n ** 63n + BigInt(index))],
  ["texts", Array.from({ length: 40 }, (_, index) => `t${index}`)],
  ["bytes", Array.from({ length: 40 }, (_, index) => new Uint8Array([index, 1]))],
])("an item that is twice in a long list of %s is found", (_, items) => {
  expect(isUnique(items)).toBe(true);
  expect(isUnique([...items, items[7]])).toBe(false);
  expect(isUnique(items.slice(0, 5))).toBe(true);
  expect(isUnique([...items.slice(0, 5), items[2]])).toBe(false);
});

test("numbers that are not equal to themselves are not there twice, zeros of both signs are", () => {
  const many = Array.from({ length: 40 }, () => Number.NaN);
  expect(isUnique(many)).toBe(true);
  expect(isUnique([0, -0])).toBe(false);
  expect(isUnique([...many, 0, -0])).toBe(false);
});
