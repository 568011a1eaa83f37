import {
  createRegistry,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type Registry,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EchoGateway, serveEcho } from "./echo.test-support.js";
import { randomMessage } from "./random-message.test-support.js";

let echo: EchoGateway;
let registry: Registry;

beforeAll(async () => {
  echo = await serveEcho();
  registry = createRegistry(echo.contract.registry);
});
afterAll(() => echo.close());

describe.each(["everything", "known", "awkward"] as const)("messages of %s", (name) => {
  test("come back unchanged, with both spellings of all names", async () => {
    const schema: DescMessage = echo[name];
    await fc.assert(
      fc.asyncProperty(
        fc.gen(),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async (draw, useProtoFieldName, enumAsInteger, alwaysEmitImplicit) => {
          const { message } = randomMessage(schema, { draw, registry, depth: 3 });
          const sent = JSON.stringify(
            toJson(schema, message, {
              registry,
              useProtoFieldName,
              enumAsInteger,
              alwaysEmitImplicit,
            }),
          );
          const response = await echo.ask("POST", `/${name}`, sent);
          expect(response).toMatchObject({
            status: 200,
            headers: { "content-type": expect.stringContaining("application/json") },
          });
          const got = fromBinary(schema, echo.calls.at(-1)?.request as Uint8Array);
          // As bytes, since NaN does not equal NaN.
          expect(toBinary(schema, got)).toEqual(toBinary(schema, message));
          expect(response.text).toBe(
            JSON.stringify(toJson(schema, message, { registry, alwaysEmitImplicit: true })),
          );
        },
      ),
      { numRuns: 50, endOnFailure: true },
    );
  });
});

describe("keys that are properties of all JavaScript objects", () => {
  const keys = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "a"];

  test.each(keys)("%j is an ordinary key of a map", async (key) => {
    const given = `{${JSON.stringify(key)}:"x"}`;
    const response = await echo.ask(
      "POST",
      "/everything",
      `{"byString":${given},"toEverything":{${JSON.stringify(key)}:{"byString":${given}}}}`,
    );
    expect(response.status).toBe(200);
    const { byString, toEverything } = JSON.parse(response.text) as {
      byString: JsonObject;
      toEverything: Record<string, JsonObject>;
    };
    expect(Object.entries(byString)).toEqual([[key, "x"]]);
    expect(Object.entries(Object.entries(toEverything)[0]?.[1]["byString"] as JsonObject)).toEqual([
      [key, "x"],
    ]);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  test.each(keys)("%j is an ordinary key of a Struct", async (key) => {
    const given = `{${JSON.stringify(key)}:{${JSON.stringify(key)}:1}}`;
    const response = await echo.ask(
      "POST",
      "/known",
      `{"aStruct":${given},"aValue":${given},"mapStruct":{${JSON.stringify(key)}:${given}}}`,
    );
    expect(response.status).toBe(200);
    expect(response.text).toContain(`"aStruct":${given}`);
    expect(response.text).toContain(`"aValue":${given}`);
    expect(response.text).toContain(`"mapStruct":{${JSON.stringify(key)}:${given}}`);
  });
});
