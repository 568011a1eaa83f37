import { expect, test } from "vitest";
import { CASES } from "./cases.js";
import { readOptions } from "./options.js";
import { SUBJECTS } from "./subjects.js";

test("by default every case is run against every subject, by one attacker and by ten", () => {
  expect(readOptions([])).toEqual({
    cases: CASES,
    subjects: SUBJECTS,
    connections: [1, 10],
    seconds: undefined,
    json: false,
    write: false,
    list: false,
  });
});

test("cases, subjects and numbers of connections are chosen, each once", () => {
  const typed = "-- --case rapid-reset --case rapid-reset --subject grpc-js --connections 3 --json";
  const options = readOptions(typed.split(" "));
  expect(options?.cases.map(({ name }) => name)).toEqual(["rapid-reset"]);
  expect(options?.subjects.map(({ name }) => name)).toEqual(["grpc-js"]);
  expect([options?.connections, options?.json]).toEqual([[3], true]);
});

test.each([
  ["--case none", 'no case is called "none"; --list names those that there are'],
  ["--subject none", 'no subject is called "none"; there are tightwire, tightwire-tls, grpc-js'],
  ["--connections 0", '--connections takes a whole number from 1 to 100 (got "0")'],
  ["--connections 1.5", '--connections takes a whole number from 1 to 100 (got "1.5")'],
  ["--seconds 11", '--seconds takes a number above 0, 10 at most (got "11")'],
  ["--what", "Unknown option '--what'"],
])("%s is an error", (typed, message) => {
  expect(() => readOptions(typed.split(" "))).toThrow(message);
});

test("help is no run", () => {
  expect(readOptions(["--help"])).toBeUndefined();
});
