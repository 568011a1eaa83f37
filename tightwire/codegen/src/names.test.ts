import { readFileSync } from "node:fs";
import { messageName } from "@tightwire/codec/message-name";
import { expect, test } from "vitest";

const PAGE = new URL("../../../docs/reference/generated-names.md", import.meta.url);

/** What a section of the page lists: the code in its first list. */
function listed(section: string): string[] {
  const text = readFileSync(PAGE, "utf8").split(`\n## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
  const bullets = /(?:^- (?:.+\n)(?: {2}.+\n)*)+/m.exec(text)?.[0] ?? "";
  return [...bullets.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? "");
}

test("the reference lists every property that objects have", () => {
  expect(listed("Methods")).toEqual(
    expect.arrayContaining(Object.getOwnPropertyNames(Object.prototype)),
  );
});

test("every message that the reference lists is renamed", () => {
  const names = listed("Messages and enums");
  expect(names).toContain("Map");
  expect(names.map(messageName)).toEqual(names.map((name) => `${name}Message`));
});
