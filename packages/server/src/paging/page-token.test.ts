import { describe, expect, it } from "vitest";
import { PageTokenError, readPageToken, writePageToken } from "./page-token.js";

const listing = ["products", { genre: "Drama" }];

describe("a page token", () => {
  it("leads back to its position", () => {
    expect(readPageToken(listing, writePageToken(listing, ["Alien³", "alien-1"]))).toEqual([
      "Alien³",
      "alien-1",
    ]);
  });

  it("is refused under another filter", () => {
    const token = writePageToken(listing, ["a", "b"]);
    expect(() => readPageToken(["products", { genre: "Comedy" }], token)).toThrow(
      new PageTokenError("belongs to a listing with another filter"),
    );
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  it.each([
    "x",
    "!!!",
    "e30",
    "bnVsbA",
    encode([]),
    encode(["a", "b"]),
    encode(["a", 1, "b"]),
    encode(["a", "b\0", "c"]),
    `${encode(["a", "b", "c"])} `,
  ])("is refused when it was made up: %s", (token) => {
    expect(() => readPageToken(listing, token)).toThrow(
      new PageTokenError("is not a token that a page came with"),
    );
  });
});
