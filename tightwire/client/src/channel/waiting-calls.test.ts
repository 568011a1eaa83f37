import type { Connection, Status } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { WaitingCalls } from "./waiting-calls.js";

const CLOSED: Status = { code: 1, message: "closed" };
const connection = {} as Connection;

test("a call that begins because another failed is not failed with it", () => {
  const waiting = new WaitingCalls();
  let failures = 0;
  const again = (): void => {
    failures++;
    waiting.add(() => {}, again);
  };
  waiting.add(() => {}, again);
  waiting.fail(CLOSED);
  expect([failures, waiting.any]).toEqual([1, true]);
});

test("a call that another ends is neither served nor failed", () => {
  const waiting = new WaitingCalls();
  const told: string[] = [];
  let stopSecond = (): void => {};
  waiting.add(
    () => {
      told.push("first");
      stopSecond();
    },
    () => {},
  );
  stopSecond = waiting.add(
    () => void told.push("second"),
    () => {},
  );
  waiting.serve(() => connection);
  waiting.fail(CLOSED);
  expect([told, waiting.any]).toEqual([["first"], false]);
});

test("serves as many as there are connections", () => {
  const waiting = new WaitingCalls();
  const told: string[] = [];
  for (const name of ["a", "b"])
    waiting.add(
      () => void told.push(name),
      () => {},
    );
  let left = 1;
  waiting.serve(() => (left-- > 0 ? connection : undefined));
  expect([told, waiting.any]).toEqual([["a"], true]);
});
