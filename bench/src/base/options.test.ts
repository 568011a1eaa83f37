import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readOptions } from "../options.js";
import { readBaseOptions } from "./options.js";
import { planComparison } from "./plan.js";

test("--base takes what narrows a run", () => {
  const args = ["--base", "../old", "--case", "get", "--node=24", "--save", "x.json"];
  expect(readBaseOptions(args)).toEqual({
    folder: resolve("../old"),
    targets: planComparison(undefined, ["get"]),
    rounds: 30,
    seconds: 0.3,
    warmUpSeconds: 2.5,
    minutes: 12,
    node: 24,
    save: resolve("x.json"),
    command: "pnpm bench --base ../old --case get --node=24 --save x.json",
  });
});

test("a command line without --base, and one that asks for help, are left to others", () => {
  expect(readBaseOptions(["--", "--case", "get"])).toBeUndefined();
  expect(readBaseOptions(["--base", ".", "--help"])).toBeUndefined();
});

test.each([
  [["--base"], "--base"],
  [["--base="], "--base takes the folder of a checkout"],
  [["--base", ".", "--quick"], "--base and --quick exclude each other"],
  [["--base", ".", "--profile", "x"], "--base and --profile exclude each other"],
  [["--base", ".", "--rounds", "1"], "--rounds takes a number from 2"],
  [["--base", ".", "--peer", "x"], 'no peer "x"'],
  [["--base", ".", "--bsae"], "--bsae"],
])("%j is refused", (args, text) => {
  expect(() => readBaseOptions(args)).toThrow(text);
});

test.each(["--save", "--minutes"])("%s is refused without --base", (name) => {
  expect(() => readOptions([name, "1"])).toThrow(`${name} needs --base`);
});
