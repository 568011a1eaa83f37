import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { standInForEscapedKeys } from "./escaped-keys.js";

test("JSON.parse of V8 13.6 to 14.6 confuses such keys, and that of older ones does not", () => {
  // In a process of its own, since it depends on the keys that were read before.
  const script = String.raw`
    for (let times = 0; times < 10; times++) JSON.parse('{"\\\\":1}');
    process.stdout.write(JSON.stringify(JSON.parse('{"\\n":1}')));`;
  const read = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" });
  const hasFault = /^(13\.[6-9]|14)\./.test(process.versions.v8);
  expect(read).toBe(hasFault ? String.raw`{"\\":1}` : String.raw`{"\n":1}`);
});

const value = (text: string): unknown => standInForEscapedKeys(text)?.value();

describe("a key with an escape", () => {
  test.each([
    ['{"\\n":1}', "\n"],
    ['{"\\"":1}', '"'],
    ['{"\\\\":1}', "\\"],
    ['{"\\u0000" : 1}', "\0"],
    ['{"\\u005C":1}', "\\"],
    ['{"\\u0041":1}', "A"],
    ['{"\\/":1}', "/"],
    ['{"\\n\\n":1}', "\n\n"],
    ['{"caf\\u00e9":1}', "café"],
    ['{"a\\tb":1}', "a\tb"],
  ])("in %s is %j, whatever was read before", (text, key) => {
    // V8 13.6 to 14.6 then reads each key as the one of these that it starts with.
    for (const before of ["\\", "\\n", "caf\\", "a\\t"])
      for (let times = 0; times < 10; times++) JSON.parse(JSON.stringify({ [before]: 1 }));
    expect(Object.entries(value(text) as object)).toEqual([[key, 1]]);
  });

  test("may have siblings, in objects and lists; strings that look like keys are unchanged", () => {
    const text =
      '{"key":"\\n","a":[{"\\n":"{\\"\\\\n\\":1}","\\\\n":"key-10"}],"\\t":{"\\n":null}}';
    expect(value(text)).toEqual({
      key: "\n",
      a: [{ "\n": '{"\\n":1}', "\\n": "key-10" }],
      "\t": { "\n": null },
    });
  });

  test("stays a duplicate of itself in any spelling", () => {
    const [first, second] =
      (standInForEscapedKeys('{"\\n":1,"\\u000a":2}')?.text ?? "").match(/"[^"]+"/g) ?? [];
    expect(first).toBe(second);
  });
});

test("a text without such keys needs no stand-ins", () => {
  for (const text of ['{"a":1}', '["\\n"]', '{"a":"\\n"}', ""])
    expect(standInForEscapedKeys(text)).toBeUndefined();
});

test("values are read as they were written, in any order", () => {
  const key = fc.oneof(
    fc.constantFrom('"', "\\", "\n", "\0", "\u001f", "key", "key-", "", '"\\', "\n\n"),
    fc.string(),
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom("\\", "\n", 1, null),
      fc.array(tie("value")),
      tie("object"),
    ),
    object: fc.dictionary(key, tie("value")),
  })).object;
  fc.assert(
    fc.property(json, (given) => {
      const text = JSON.stringify(given);
      const standing = standInForEscapedKeys(text);
      if (standing !== undefined) expect(JSON.stringify(standing.value())).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});
