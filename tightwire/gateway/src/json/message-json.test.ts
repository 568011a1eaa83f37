import { type DescMessage, fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EchoGateway, serveEcho } from "./echo.test-support.js";

let echo: EchoGateway;

beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

/** How a body was read, as JSON without defaults. */
async function meaningOf(
  name: "everything" | "known" | "awkward",
  body: string,
): Promise<JsonValue> {
  const { status, text } = await echo.ask("POST", `/${name}`, body);
  if (status !== 200) return `${status} ${text}`;
  const schema: DescMessage = echo[name];
  return toJson(schema, fromBinary(schema, echo.calls.at(-1)?.request as Uint8Array), {
    registry: echo.contract.registry,
  });
}

describe("a body may hold", () => {
  test.each([
    [
      "64-bit numbers as strings",
      '{"oneInt64":"-9223372036854775808","oneUint64":"18446744073709551615"}',
      { oneInt64: "-9223372036854775808", oneUint64: "18446744073709551615" },
    ],
    [
      "64-bit numbers as numbers",
      '{"oneInt64":-9007199254740991,"oneFixed64":12}',
      { oneInt64: "-9007199254740991", oneFixed64: "12" },
    ],
    [
      "64-bit numbers of more than 53 bits that a double represents",
      '{"oneInt64":9223372036854774784}',
      { oneInt64: "9223372036854774784" },
    ],
    [
      "long numbers in fields of other types",
      '{"oneDouble":9007199254740993,"oneString":"9007199254740993"}',
      { oneDouble: 9_007_199_254_740_992, oneString: "9007199254740993" },
    ],
    [
      "32-bit numbers as strings",
      '{"oneInt32":"-7","oneFixed32":"4294967295"}',
      { oneInt32: -7, oneFixed32: 4_294_967_295 },
    ],
    [
      "whole numbers in other notations",
      '{"oneInt32":1e3,"oneUint32":2.0,"oneInt64":3.0}',
      { oneInt32: 1_000, oneUint32: 2, oneInt64: "3" },
    ],
    [
      "floats as strings",
      '{"oneDouble":"1.5e3","oneFloat":"-0.25"}',
      { oneDouble: 1_500, oneFloat: -0.25 },
    ],
    [
      "NaN and the infinities",
      '{"oneDouble":"NaN","oneFloat":"-Infinity","manyDouble":["Infinity"]}',
      { oneDouble: "NaN", oneFloat: "-Infinity", manyDouble: ["Infinity"] },
    ],
    ["base64", '{"oneBytes":"+/8="}', { oneBytes: "+/8=" }],
    ["base64 without padding", '{"oneBytes":"+/8"}', { oneBytes: "+/8=" }],
    ["base64url", '{"oneBytes":"-_8"}', { oneBytes: "+/8=" }],
    [
      "names of enums",
      '{"oneKind":"KIND_LARGE","manyKind":["KIND_ONE"]}',
      { oneKind: "KIND_LARGE", manyKind: ["KIND_ONE"] },
    ],
    [
      "numbers of enums",
      '{"oneKind":-1,"manyKind":[1,77]}',
      { oneKind: "KIND_NEGATIVE", manyKind: ["KIND_ONE", 77] },
    ],
    [
      "null for any field",
      '{"oneInt32":null,"maybeString":null,"manyBool":null,"byString":null,"oneMessage":null,"choiceBool":null,"oneKind":null}',
      {},
    ],
    [
      "null for all but one of a oneof",
      '{"choiceBool":null,"choiceString":"a"}',
      { choiceString: "a" },
    ],
    [
      "both spellings of names",
      '{"one_int32":1,"oneMessage":{"by_string":{"one_int32":"x"}}}',
      { oneInt32: 1, oneMessage: { byString: { one_int32: "x" } } },
    ],
    [
      "keys of all types",
      '{"byBool":{"true":"a"},"byInt64":{"-5":"b"},"byUint64":{"18446744073709551615":"c"},"bySint32":{"-1":"d"}}',
      {
        byBool: { true: "a" },
        byInt64: { "-5": "b" },
        byUint64: { "18446744073709551615": "c" },
        bySint32: { "-1": "d" },
      },
    ],
    [
      "set fields with default values",
      '{"maybeInt32":0,"maybeString":"","choiceBool":false,"oneInt32":0}',
      { maybeInt32: 0, maybeString: "", choiceBool: false },
    ],
    ["nothing", "{}", {}],
    ["no body at all", "", {}],
  ])("%s", async (_name, body, meant) => {
    expect(await meaningOf("everything", body)).toEqual(meant);
  });

  test.each([
    [
      "a timestamp of another time zone",
      '{"aTimestamp":"2026-01-31T12:00:00.000000001-02:30"}',
      { aTimestamp: "2026-01-31T14:30:00.000000001Z" },
    ],
    ["a negative duration", '{"aDuration":"-0.5s"}', { aDuration: "-0.500s" }],
    [
      "wrappers",
      '{"aInt64value":"5","aBytesvalue":"_w","aDoublevalue":"NaN","aBoolvalue":false}',
      { aInt64value: "5", aBytesvalue: "/w==", aDoublevalue: "NaN", aBoolvalue: false },
    ],
    ["null for a wrapper", '{"aInt64value":null}', {}],
    [
      "null for a Value",
      '{"aValue":null,"someValue":[null],"mapValue":{"a":null}}',
      { aValue: null, someValue: [null], mapValue: { a: null } },
    ],
    [
      "an Any of a message with fields",
      '{"aAny":{"@type":"type.googleapis.com/try.v1.Awkward","to_string":"x"}}',
      { aAny: { "@type": "type.googleapis.com/try.v1.Awkward", toString: "x" } },
    ],
    [
      "an Any of a well-known type",
      '{"aAny":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}',
      { aAny: { "@type": "type.googleapis.com/google.protobuf.Duration", value: "1s" } },
    ],
    ["an empty Any", '{"aAny":{}}', { aAny: {} }],
  ])("%s", async (_name, body, meant) => {
    expect(await meaningOf("known", body)).toEqual(meant);
  });
});
