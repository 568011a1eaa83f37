import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendPage } from "./send-page.js";
import { createStoredPage } from "./stored-page.js";

const page = createStoredPage("text/plain", () => "hello", 203);
const server = createServer((request, response) => sendPage(page, { request, response }));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());

async function ask(
  known?: string,
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const response = await fetch(url, {
    headers: known === undefined ? {} : { "if-none-match": known },
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

describe("a requested page", () => {
  test("is sent with its status and headers", async () => {
    const { status, headers, body } = await ask();
    expect([status, body]).toEqual([203, "hello"]);
    expect(headers).toMatchObject(page.headers);
  });

  test.each(['"other", TAG', "W/TAG", "TAG"])(
    "is not sent again to a client that has it: %s",
    async (known) => {
      const { status, headers, body } = await ask(
        known.replace("TAG", page.headers["etag"] as string),
      );
      expect([status, body]).toEqual([304, ""]);
      expect(headers).toMatchObject({
        etag: page.headers["etag"],
        "content-security-policy": expect.any(String),
      });
    },
  );

  test("is sent to a client that has another version", async () => {
    expect(await ask('"other"')).toMatchObject({ status: 203, body: "hello" });
  });
});
