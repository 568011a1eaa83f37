import { expect, test } from "vitest";
import { CASES } from "./cases.js";
import { readOptions, USAGE } from "./options.js";
import { PEERS } from "./peers.js";

test("without options: every case, with every peer that has a server of its own", () => {
  const options = readOptions([]);
  expect(options?.cases).toEqual(CASES);
  expect(options?.peers).toEqual(PEERS.filter(({ name }) => name !== "tightwire-in-process"));
  expect(options?.rounds).toBeGreaterThanOrEqual(20);
});

test("the base is there once, and first", () => {
  const options = readOptions(["--", "--peer", "tightwire-in-process", "--peer", "grpc-js"]);
  expect(options?.peers.map(({ name }) => name)).toEqual(["grpc-js", "tightwire-in-process"]);
});

test("quick can still be told how many rounds", () => {
  expect(readOptions(["--quick", "--rounds", "3"])).toMatchObject({
    quick: true,
    rounds: 3,
    seconds: 0.2,
  });
});

test.each([
  [["--rounds", "0"], "--rounds takes a number from 1"],
  [["--rounds", "2.5"], "--rounds takes a whole number"],
  [["--seconds", "x"], "--seconds takes a number"],
  [["--node", "18"], "--node takes a number from 20"],
  [["--case", "put"], 'no case "put"; there are get'],
  [["--peer", "rest"], 'no peer "rest"; there are grpc-js'],
  [["--quik"], "--quik"],
])("%j is refused", (args, text) => {
  expect(() => readOptions(args)).toThrow(text);
});

test("help names every case and peer", () => {
  expect(readOptions(["--help"])).toBeUndefined();
  for (const { name } of [...CASES, ...PEERS]) expect(USAGE).toContain(name);
});
