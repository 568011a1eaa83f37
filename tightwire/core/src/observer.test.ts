import { expect, test } from "vitest";
import { type CallObserver, combineObservers, type Observer } from "./observer.js";

const CALL = { side: "client", path: "/shop.v1.Shop/Get", method: undefined, peer: "" } as const;
const FINISH = { code: 0, message: "", durationMs: 1, origin: "peer" } as const;

/** An observer that writes down what it hears, and throws or rejects where `fault` says. */
function recorded(log: string[], name: string, fault: Partial<CallObserver> = {}): Observer {
  return {
    started: () => ({
      attempt: (endpoint) => void log.push(`${name} attempt ${endpoint}`),
      message: (direction) => void log.push(`${name} ${direction}`),
      failed: (_error, errorId) => void log.push(`${name} failed ${errorId}`),
      finished: ({ code }) => void log.push(`${name} finished ${code}`),
      ...fault,
    }),
  };
}

function observe(observers: readonly Observer[], log: string[]): void {
  const combined = combineObservers(observers, (thrown, what, path) =>
    log.push(`report ${thrown} of ${what} of ${path}`),
  );
  const call = combined?.started(CALL);
  call?.attempt?.("a:1");
  call?.message?.("sent", 1);
  call?.message?.("received", 1);
  call?.failed?.("x", "id", String);
  call?.finished(FINISH);
}

const ALL = ["attempt a:1", "sent", "received", "failed id", "finished 0"];

test("no observers are none", () => {
  expect(combineObservers([], () => {})).toBeUndefined();
});

test("every observer hears everything", () => {
  const log: string[] = [];
  observe([recorded(log, "one"), recorded(log, "two")], log);
  expect(log).toEqual(ALL.flatMap((what) => [`one ${what}`, `two ${what}`]));
});

test.each<[string, Partial<CallObserver>, number]>([
  ["attempt", { attempt: () => boom() }, 0],
  ["message", { message: () => boom() }, 1],
  ["failed", { failed: () => boom() }, 3],
  ["finished", { finished: () => boom() }, 4],
])("one whose %s throws is reported once and muted, the others go on", (_name, fault, heard) => {
  const log: string[] = [];
  observe([recorded(log, "bad", fault), recorded(log, "good")], log);
  expect(log.filter((line) => line.startsWith("good"))).toEqual(ALL.map((what) => `good ${what}`));
  expect(log.filter((line) => line.startsWith("bad"))).toHaveLength(heard);
  expect(log.filter((line) => line.startsWith("report"))).toEqual([
    `report boom of an observer of ${CALL.path}`,
  ]);
});

test("one that rejects is reported once and muted", async () => {
  const log: string[] = [];
  observe([recorded(log, "bad", { message: () => Promise.reject("boom") as never })], log);
  await new Promise(setImmediate);
  expect(log.filter((line) => line.startsWith("report"))).toHaveLength(1);
});

test("one whose `started` throws is reported, the others hear the call", () => {
  const log: string[] = [];
  observe([{ started: () => boom() }, recorded(log, "good")], log);
  expect(log).toEqual([
    `report boom of an observer of ${CALL.path}`,
    ...ALL.map((what) => `good ${what}`),
  ]);
});

test("one whose `started` is async is reported once, also when it rejects", async () => {
  const log: string[] = [];
  observe([{ started: () => Promise.reject("boom") as never }, recorded(log, "good")], log);
  await new Promise(setImmediate);
  expect(log).toEqual([
    "report TypeError: started() must return undefined or an object with finished() " +
      `of an observer of ${CALL.path}`,
    ...ALL.map((what) => `good ${what}`),
  ]);
});

function boom(): never {
  throw "boom";
}
