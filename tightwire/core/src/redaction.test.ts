import { expect, test } from "vitest";
import { MarkedValues, redactorFor } from "./redaction.js";

const redact = (paths: string[], message: unknown, text: string) =>
  redactorFor(paths, message)(text);

test("takes the values of marked fields out, wherever they stand: nested, in lists, maps and oneofs", () => {
  const message = {
    email: "ann@example.org",
    plain: "kept",
    lines: [{ card: { number: "4111-1111" } }, { card: { number: "4222-2222" } }],
    byName: { first: { card: { number: "4333-3333" } } },
    choice: { $case: "token", value: "s3cret" },
  };
  const text = "ann@example.org 4111-1111 4222-2222 4333-3333 s3cret kept";
  expect(redact(["email", "lines.card.number", "byName.card.number", "token"], message, text)).toBe(
    `${"[redacted] ".repeat(5)}kept`,
  );
});

test("takes all of a marked message, numbers and bigints too", () => {
  const message = {
    payer: {
      name: "Ann Lee",
      account: 9_007_199_254_740_993n,
      pin: 1234,
      raw: new Uint8Array([1]),
    },
  };
  expect(redact(["payer"], message, "Ann Lee 9007199254740993 1234")).toBe(
    "[redacted] [redacted] [redacted]",
  );
});

test("takes the longer of two values first, so that no rest of it stays", () => {
  expect(redact(["a", "b"], { a: "secret", b: "secret-extended" }, "it was secret-extended")).toBe(
    "it was [redacted]",
  );
});

test("leaves short values, absent fields and texts without paths alone", () => {
  expect(redact(["a", "missing.too"], { a: "ab" }, "about")).toBe("about");
  expect(redact([], { a: "secret" }, "secret")).toBe("secret");
  expect(redact(["a"], undefined, "secret")).toBe("secret");
});

test("takes what earlier messages of a stream held too, in bounded memory: the oldest go first, the newest stay", () => {
  const marked = new MarkedValues();
  for (let index = 0; index < 20_000; index++)
    marked.add(["a.b"], { a: { b: `secret-${index}` }, c: `kept-${index}` });
  expect([...marked].length).toBeLessThan(10_000);
  const redactRecent = redactorFor(["a.b"], undefined, marked);
  expect(redactRecent("secret-0 secret-19000 secret-19999 kept-19999")).toBe(
    "secret-0 [redacted] [redacted] kept-19999",
  );

  const large = "x".repeat(1_000_000);
  marked.add(["a"], { a: [large, "small"] });
  expect(redactRecent(`${large} small secret-19999`)).toBe("[redacted] [redacted] secret-19999");
  for (let index = 0; index < 3; index++) marked.add(["a"], { a: "again" });
  expect([...marked]).toEqual(["small", "again"]);
});

test("a message that cannot be read hides the whole text, and is not kept", () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  const hostile = new Proxy({}, { get: boom, has: boom });
  expect(redactorFor(["a"], hostile)("text")).toBe("[redacted]");
  const marked = new MarkedValues();
  marked.add(["a"], hostile);
  expect([...marked]).toEqual([]);
});
