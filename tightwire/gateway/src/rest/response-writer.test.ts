import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileContract } from "../contract.test-support.js";
import { type StubbedGateway, serveStub } from "../stub.test-support.js";

const rule = (path: string, more: string): string =>
  `option (google.api.http) = { post: "/${path}" body: "*" ${more} };`;
const FIELDS = ["message", "list", "map", "number", "maybe", "maybe_message", "constructor"];
const CONTRACT = `
  service Try {
    ${FIELDS.map((name, index) => `rpc Call${index}(Thing) returns (Thing) { ${rule(name, `response_body: "${name}"`)} }`).join("\n")}
    rpc Whole(Thing) returns (Thing) { ${rule("whole", "")} }
    rpc Raw(google.api.HttpBody) returns (google.api.HttpBody) { ${rule("raw", "")} }
  }
  message Thing {
    Inner message = 1;
    repeated Inner list = 2;
    map<string, int32> map = 3;
    int64 number = 4;
    optional string maybe = 5;
    Inner maybe_message = 6;
    optional string constructor = 7;
  }
  message Inner { int32 n = 1; string text = 2; }
`;

let withDefaults: StubbedGateway;
let without: StubbedGateway;

beforeAll(async () => {
  const image = compileContract(CONTRACT);
  const respond = (bytes: Uint8Array): Uint8Array => bytes;
  withDefaults = await serveStub(image, { services: ["try.v1.Try"], respond });
  without = await serveStub(image, {
    services: ["try.v1.Try"],
    respond,
    options: { emitDefaults: false },
  });
});
afterAll(async () => {
  await withDefaults.close();
  await without.close();
});

describe("the body of a response", () => {
  test.each([
    ["message", { message: { n: 1 } }, { n: 1, text: "" }, { n: 1 }],
    [
      "list",
      { list: [{ n: 1 }, {}] },
      [
        { n: 1, text: "" },
        { n: 0, text: "" },
      ],
      [{ n: 1 }, {}],
    ],
    ["list", {}, [], []],
    ["map", { map: { a: 1 } }, { a: 1 }, { a: 1 }],
    ["map", {}, {}, {}],
    ["number", { number: "5" }, "5", "5"],
    ["number", {}, "0", "0"],
    ["maybe", { maybe: "" }, "", ""],
    ["maybe", {}, null, null],
    ["maybe_message", {}, null, null],
    ["constructor", { constructor: "a" }, "a", "a"],
    ["constructor", {}, null, null],
    [
      "whole",
      { message: {} },
      { message: { n: 0, text: "" }, list: [], map: {}, number: "0" },
      { message: {} },
    ],
  ])("of %s %j, with defaults and without", async (path, sent, full, sparse) => {
    const responses = await Promise.all(
      [withDefaults, without].map((stub) => stub.ask("POST", `/${path}`, JSON.stringify(sent))),
    );
    expect(responses.map(({ text }) => JSON.parse(text))).toEqual([full, sparse]);
    expect(responses.map(({ headers }) => headers["content-type"])).toEqual([
      expect.stringContaining("application/json"),
      expect.stringContaining("application/json"),
    ]);
  });

  test("is an error when the service sends bytes that cannot be decoded", async () => {
    const broken = await serveStub(compileContract(CONTRACT), {
      services: ["try.v1.Try"],
      respond: () => new Uint8Array([0x0a, 0xff]),
    });
    const { status, text } = await broken.ask("POST", "/whole", "{}");
    await broken.close();
    expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({ status: 500, code: 13 });
  });

  test("of HttpBody is what it holds", async () => {
    const response = await withDefaults.ask("POST", "/raw", "a,b\n", {
      "content-type": "text/csv",
    });
    expect(response).toMatchObject({
      status: 200,
      text: "a,b\n",
      headers: { "content-type": "text/csv" },
    });
  });

  test("of HttpBody that no header can name is an error of the gateway, and nothing else", async () => {
    const wrong = Buffer.from("0a05612f620a0a" + "1201" + "61", "hex"); // content_type "a/b\n\n", data "a"
    const stub = await serveStub(compileContract(CONTRACT), {
      services: ["try.v1.Try"],
      respond: () => wrong,
    });
    const response = await stub.ask("POST", "/raw", "a", { "content-type": "text/csv" });
    expect(response).toMatchObject({
      status: 500,
      reason: "Internal Server Error",
      headers: { "content-type": "application/json" },
    });
    expect(await stub.ask("GET", "/openapi.json")).toMatchObject({ status: 200 });
    await stub.close();
  });
});
