import { fastify, type LightMyRequestResponse } from "fastify";
import { describe, expect, test } from "vitest";
import { answerPage } from "./answer-page.js";
import { createStoredPage } from "./stored-page.js";

const page = createStoredPage("text/plain", () => "hello", 203);
const app = fastify();
app.route({ method: ["GET", "HEAD"], url: "/", exposeHeadRoute: false, handler: (request, reply) => answerPage(page, { request, reply }) });

async function ask(known?: string): Promise<LightMyRequestResponse> {
  return await app.inject({ url: "/", headers: known === undefined ? {} : { "if-none-match": known } });
}

describe("a page that is asked for", () => {
  test("is sent with its status and headers", async () => {
    const { statusCode, headers, body } = await ask();
    expect([statusCode, body]).toEqual([203, "hello"]);
    expect(headers).toMatchObject(page.headers);
  });

  test.each(['"other", TAG', "W/TAG", "TAG"])("is not sent again to who has it: %s", async (known) => {
    const { statusCode, headers, body } = await ask(known.replace("TAG", page.headers["etag"] as string));
    expect([statusCode, body]).toEqual([304, ""]);
    expect(headers).toMatchObject({ etag: page.headers["etag"], "content-security-policy": expect.any(String) });
  });

  test("is sent to who has another", async () => {
    expect(await ask('"other"')).toMatchObject({ statusCode: 203, body: "hello" });
  });
});
