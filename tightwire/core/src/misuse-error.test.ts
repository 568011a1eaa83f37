import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { MisuseError, StartError } from "./misuse-error.js";

const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** The text of every source file of the library, tests and generated code aside. */
function librarySources(): string[] {
  const folders = readdirSync(`${repository}tightwire`).map((name) => `tightwire/${name}/src`);
  return folders
    .flatMap((folder) =>
      readdirSync(`${repository}${folder}`, { recursive: true, encoding: "utf8" }).map(
        (file) => `${repository}${folder}/${file}`,
      ),
    )
    .filter((file) => /(?<!\.test|\.test-support)\.ts$/.test(file) && !file.includes("/gen/"))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "utf8"));
}

describe("docs/reference/errors.md", () => {
  const page = readFileSync(`${repository}docs/reference/errors.md`, "utf8");
  const rows = [...page.matchAll(/^\| `(TW_\w+)` +\| `(\w+)` +\|/gm)].map(([, code, type]) => ({
    code,
    type,
  }));
  const declared = [
    ...readFileSync(new URL("./misuse-error.ts", import.meta.url), "utf8").matchAll(
      /^ {2}\| "(TW_\w+)"/gm,
    ),
  ].map(([, code]) => code);
  const thrown = librarySources().flatMap((source) =>
    [...source.matchAll(/new (MisuseError|StartError)\(\s*"(TW_\w+)"/g)].map(([, type, code]) => ({
      code,
      type,
    })),
  );

  test("lists each code once, and no other", () => {
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ code }) => code).sort()).toEqual([...declared].sort());
  });

  test("lists each code that is thrown under the class that is thrown, and none that is not", () => {
    const key = (one: { code?: string | undefined; type?: string | undefined }): string =>
      `${one.code} ${one.type}`;
    expect([...new Set(thrown.map(key))].sort()).toEqual(rows.map(key).sort());
  });
});

test("an error of misuse is a TypeError and shows its code in front of its message", () => {
  const error = new MisuseError("TW_UNKNOWN_OPTION", "unknown option");
  expect(error).toBeInstanceOf(TypeError);
  expect(`${error}`).toBe("MisuseError [TW_UNKNOWN_OPTION]: unknown option");
  expect(Object.keys(error)).toEqual(["code"]);
});

test("an error of the machine keeps its cause", () => {
  const cause = new Error("EADDRINUSE");
  const error = new StartError("TW_ADDRESS_IN_USE", "127.0.0.1:1 is in use", { cause });
  expect(`${error}`).toBe("StartError [TW_ADDRESS_IN_USE]: 127.0.0.1:1 is in use");
  expect(error).toMatchObject({ cause, code: "TW_ADDRESS_IN_USE" });
});
