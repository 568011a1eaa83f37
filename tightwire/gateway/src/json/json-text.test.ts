import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonText } from "./json-text.js";

/** The text that `write` writes. */
function written(write: (out: JsonText) => void): string {
  const out = new JsonText();
  out.begin();
  write(out);
  return out.end().toString();
}

/** A string in quotes, or undefined when `quote` refuses it. */
function quoted(bytes: Uint8Array): string | undefined {
  let done = false;
  const text = written((out) => {
    done = out.quote(bytes, 0, bytes.length);
  });
  if (done) return text;
  expect(text).toBe("");
  return undefined;
}

describe("a string", () => {
  test("is quoted as JSON.stringify does, or refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plain = quoted(Buffer.from(text));
        // Only strings that need escapes are refused.
        expect(plain).toBe(JSON.stringify(text) === `"${text}"` ? `"${text}"` : undefined);
      }),
    );
  });

  test("that is not UTF-8 is refused: all pairs of bytes, and longer sequences with a valid beginning", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const isUtf8 = (bytes: Uint8Array): boolean => {
      try {
        decoder.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    const wrong: string[] = [];
    const tryBytes = (...sequence: number[]): void => {
      const bytes = Uint8Array.from([...sequence, 0x61]);
      if ((quoted(bytes) !== undefined) !== isUtf8(bytes))
        wrong.push(Buffer.from(bytes).toString("hex"));
    };
    for (let first = 0x80; first < 0x100; first++) {
      for (let second = 0x7f; second < 0x100; second++) {
        tryBytes(first, second);
        if (first >= 0xe0)
          for (const third of [0x7f, 0x80, 0xbf, 0xc0]) tryBytes(first, second, third);
        if (first >= 0xf0)
          for (const fourth of [0x7f, 0x80, 0xbf, 0xc0]) tryBytes(first, second, 0x80, fourth);
      }
      tryBytes(first);
    }
    expect(wrong).toEqual([]);
  });

  test("that is long is refused", () => {
    expect(quoted(Buffer.alloc(512, "a"))).toHaveLength(514);
    expect(quoted(Buffer.alloc(513, "a"))).toBeUndefined();
  });
});

test.each([
  0,
  9,
  10,
  999_999_999,
  1_000_000_000,
  1_000_000_001,
  2 ** 31,
  2 ** 32 - 1,
  -(2 ** 31),
  2 ** 49 - 1,
  Number.MAX_SAFE_INTEGER,
])("the digits of %d", (value) => {
  expect(written((out) => out.integer(value))).toBe(String(value));
});

test("the digits of any integer", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(written((out) => out.integer(value))).toBe(String(value));
    }),
  );
});

test("texts do not change when more is written after them", () => {
  const out = new JsonText();
  const lengths = Array.from(
    { length: 3_000 },
    (_, index) => (index * 7_919) % (index % 500 === 0 ? 400_000 : 900),
  );
  const texts = lengths.map((length, index) => {
    out.begin();
    // An unfinished text is discarded.
    if (index % 3 === 0) {
      out.text("no".repeat(index));
      out.begin();
    }
    const half = length >> 1;
    out.text("ü".repeat(half));
    out.byte(0x2c);
    out.raw(Buffer.alloc(length - half, "b"));
    return out.end();
  });
  for (const [index, length] of lengths.entries()) {
    const half = length >> 1;
    expect(String(texts[index]) === `${"ü".repeat(half)},${"b".repeat(length - half)}`).toBe(true);
  }
});

test("takeBack removes text and returns it as a string, also across blocks", () => {
  const out = new JsonText();
  for (let index = 0; index < 200; index++) {
    out.begin();
    out.text("kept");
    const { length } = out;
    out.text("ä".repeat(1_000 + index));
    expect(out.takeBack(length)).toBe("ä".repeat(1_000 + index));
    out.text("!");
    expect(String(out.end())).toBe("kept!");
  }
});
