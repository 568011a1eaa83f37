import { describe, expect, test } from "vitest";
import { createStoredPage } from "./stored-page.js";

describe("a stored page", () => {
  test("is made once, at its first request", () => {
    let made = 0;
    const page = createStoredPage("text/plain", () => `made ${++made}`);
    expect(made).toBe(0);
    const { headers } = page;
    expect([page.content(), page.content(), page.headers]).toEqual(["made 1", "made 1", headers]);
  });

  test("forbids loading from other origins, and has an etag of its content", () => {
    const tagOf = (content: string): string | undefined =>
      createStoredPage("text/plain", () => content).headers["etag"];
    expect(createStoredPage("text/plain", () => "a").headers).toEqual({
      "content-security-policy":
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache",
      "content-type": "text/plain",
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
    });
    expect(tagOf("a")).toBe(tagOf("a"));
    expect(tagOf("a")).not.toBe(tagOf("b"));
  });
});
