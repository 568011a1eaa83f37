import { expect, test } from "vitest";
import { readFlags } from "./flags.js";

const SPECS = { port: "*", use_tls: "false", ca_file: "?" };

test("a flag's value stands behind an equals sign or behind a space", () => {
  for (const args of [
    ["--port=1", "--use_tls=True"],
    ["--", "--port", "1", "--use_tls", "true"],
  ]) {
    const flags = readFlags(args, SPECS);
    expect(flags.whole("port", 0)).toBe(1);
    expect(flags.bool("use_tls")).toBe(true);
  }
});

test("what is not given has its default, or none", () => {
  const flags = readFlags(["--port=1"], SPECS);
  expect(flags.bool("use_tls")).toBe(false);
  expect(flags.optional("ca_file")).toBeUndefined();
});

test("what is missing, unknown or no value is named", () => {
  expect(() => readFlags([], SPECS)).toThrow("--port is missing");
  expect(() => readFlags(["--port=1", "--prot=2"], SPECS)).toThrow("--prot");
  expect(() => readFlags(["--port=x"], SPECS).whole("port", 0)).toThrow(
    '--port takes a whole number from 0, not "x"',
  );
  expect(() => readFlags(["--port=1", "--use_tls=yes"], SPECS).bool("use_tls")).toThrow(
    "--use_tls takes true or false",
  );
  expect(() => readFlags(["--port=1"], SPECS).text("ca_file")).toThrow("--ca_file is missing");
});
