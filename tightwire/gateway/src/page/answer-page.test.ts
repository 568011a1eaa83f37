import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerPage } from "./answer-page.js";
import { createStoredPage } from "./stored-page.js";

const page = createStoredPage("text/plain", () => "hello", 203);
const server = createServer((request, response) => answerPage(page, { request, response }));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => void server.close());

async function ask(
  known?: string,
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const answer = await fetch(url, {
    headers: known === undefined ? {} : { "if-none-match": known },
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.text(),
  };
}

describe("a page that is asked for", () => {
  test("is sent with its status and headers", async () => {
    const { status, headers, body } = await ask();
    expect([status, body]).toEqual([203, "hello"]);
    expect(headers).toMatchObject(page.headers);
  });

  test.each(['"other", TAG', "W/TAG", "TAG"])(
    "is not sent again to who has it: %s",
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

  test("is sent to who has another", async () => {
    expect(await ask('"other"')).toMatchObject({ status: 203, body: "hello" });
  });
});
