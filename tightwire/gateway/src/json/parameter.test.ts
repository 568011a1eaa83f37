import { type DescMessage, fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EchoGateway, serveEcho } from "./echo.test-support.js";

let echo: EchoGateway;

beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

/** How a GET was read, as JSON without defaults. */
async function meaningOf(path: string): Promise<JsonValue> {
  const { status, text } = await echo.ask("GET", path);
  if (status !== 200) return `${status} ${text}`;
  const schema = echo[path.slice(1).split(/[?/]/, 1)[0] as "known"] as DescMessage;
  return toJson(schema, fromBinary(schema, echo.calls.at(-1)?.request as Uint8Array));
}

describe("a parameter of a query", () => {
  test.each([
    ["oneInt32=-1", { oneInt32: -1 }],
    ["one_int32=-1", { oneInt32: -1 }],
    ["oneUint32=4294967295", { oneUint32: 4_294_967_295 }],
    ["oneInt64=-9223372036854775808", { oneInt64: "-9223372036854775808" }],
    ["one_uint64=18446744073709551615", { oneUint64: "18446744073709551615" }],
    ["oneDouble=1.5e300", { oneDouble: 1.5e300 }],
    ["oneDouble=NaN", { oneDouble: "NaN" }],
    ["oneFloat=-Infinity", { oneFloat: "-Infinity" }],
    ["oneBool=true", { oneBool: true }],
    ["maybeBool=false", { maybeBool: false }],
    ["oneString=a+b%2Bc%26d%3De%20%C3%A9", { oneString: "a b+c&d=e é" }],
    ["oneString=a=b", { oneString: "a=b" }],
    ["oneString=null", { oneString: "null" }],
    ["maybeString=", { maybeString: "" }],
    ["maybeString", { maybeString: "" }],
    ["oneBytes=-_8", { oneBytes: "+/8=" }],
    ["oneBytes=%2B%2F8%3D", { oneBytes: "+/8=" }],
    ["oneKind=KIND_LARGE", { oneKind: "KIND_LARGE" }],
    ["oneKind=-1", { oneKind: "KIND_NEGATIVE" }],
    ["oneKind=77", { oneKind: 77 }],
    ["manyInt32=1&manyInt32=2&many_int32=3", { manyInt32: [1, 2, 3] }],
    ["manyString=&manyString=a,b", { manyString: ["", "a,b"] }],
    ["manyBool=true&manyBool=false", { manyBool: [true, false] }],
    ["manyKind=KIND_ONE&manyKind=5", { manyKind: ["KIND_ONE", 5] }],
    ["manyBytes=AQ&manyBytes=", { manyBytes: ["AQ==", ""] }],
    [
      "oneMessage.oneMessage.one_int32=3&one_message.oneString=x",
      { oneMessage: { oneString: "x", oneMessage: { oneInt32: 3 } } },
    ],
    ["choiceSint64=5", { choiceSint64: "5" }],
    ["choiceEverything.oneBool=true", { choiceEverything: { oneBool: true } }],
    ["&oneInt32=1&&", { oneInt32: 1 }],
    ["", {}],
  ])("%s", async (query, meant) => {
    expect(await meaningOf(`/everything?${query}`)).toEqual(meant);
  });

  test.each([
    ["aTimestamp=2026-01-31T12:00:00.5%2B01:00", { aTimestamp: "2026-01-31T11:00:00.500Z" }],
    ["a_duration=-1.5s", { aDuration: "-1.500s" }],
    ["aFieldmask=title,buyer.firstName", { aFieldmask: "title,buyer.firstName" }],
    ["aDoublevalue=1.5", { aDoublevalue: 1.5 }],
    ["aFloatvalue=NaN", { aFloatvalue: "NaN" }],
    ["aInt64value=-5", { aInt64value: "-5" }],
    ["aUint64value=0", { aUint64value: "0" }],
    ["aInt32value=7", { aInt32value: 7 }],
    ["aUint32value=7", { aUint32value: 7 }],
    ["aBoolvalue=false", { aBoolvalue: false }],
    ["aStringvalue=true", { aStringvalue: "true" }],
    ["aBytesvalue=_w", { aBytesvalue: "/w==" }],
    ["nested.a_int32value=7", { nested: { aInt32value: 7 } }],
    ["aNull=NULL_VALUE", {}],
    ["oneNull=NULL_VALUE", { oneNull: null }],
    ["someDuration=1s&some_duration=2s", { someDuration: ["1s", "2s"] }],
    ["someBoolvalue=false", { someBoolvalue: [false] }],
    ["oneTimestamp=1970-01-01T00:00:00Z", { oneTimestamp: "1970-01-01T00:00:00Z" }],
  ])("of a well-known type: %s", async (query, meant) => {
    expect(await meaningOf(`/known?${query}`)).toEqual(meant);
  });

  test.each([
    ["constructor=a", { constructor: "a" }],
    ["to_string=a&toString=b", "refused: toString"],
    ["toString=a", { toString: "a" }],
    ["valueOf.valueOf.constructor=a", { valueOf: { valueOf: { constructor: "a" } } }],
    ["hasOwnProperty=a&has_own_property=b", { hasOwnProperty: ["a", "b"] }],
    ["isPrototypeOf=a", { isPrototypeOf: "a" }],
  ])("of a field named like a property of all objects: %s", async (query, meant) => {
    if (typeof meant === "string")
      return expect(await meaningOf(`/awkward?${query}`)).toContain(
        meant.slice("refused: ".length),
      );
    expect(await meaningOf(`/awkward?${query}`)).toEqual(meant);
  });

  test("may be combined with a path variable of such a name", async () => {
    expect(await meaningOf("/awkward/a/b?valueOf.to_string=c")).toEqual({
      toString: "a",
      valueOf: { constructor: "b", toString: "c" },
    });
  });
});

describe("a parameter is refused by its name", () => {
  test.each([
    ["/everything?nothing=1", "nothing"],
    ["/everything?__proto__=1", "__proto__"],
    ["/everything?__proto__.x=1", "__proto__.x"],
    ["/everything?constructor=1", "constructor"],
    ["/everything?oneMessage.nothing=1", "oneMessage.nothing"],
    ["/everything?oneInt32.x=1", "oneInt32.x"],
    ["/everything?oneMessage=1", "oneMessage"],
    ["/everything?manyMessage.oneInt32=1", "manyMessage.oneInt32"],
    ["/everything?manyMessage=1", "manyMessage"],
    ["/everything?byString=1", "byString"],
    ["/everything?byString.a=1", "byString.a"],
    ["/everything?oneInt32=1&one_int32=2", "one_int32"],
    ["/everything?oneInt32=", "oneInt32"],
    ["/everything?oneInt32=1.5", "oneInt32"],
    ["/everything?oneInt32=+1", "oneInt32"],
    ["/everything?oneMessage.one_int32=2147483648", "oneMessage.oneInt32"],
    ["/everything?oneUint32=-1", "oneUint32"],
    ["/everything?oneUint64=18446744073709551616", "oneUint64"],
    ["/everything?oneInt64=1e3", "oneInt64"],
    ["/everything?oneFloat=1e39", "oneFloat"],
    ["/everything?oneDouble=infinity", "oneDouble"],
    ["/everything?oneBool=1", "oneBool"],
    ["/everything?oneBool=TRUE", "oneBool"],
    ["/everything?oneKind=kind_one", "oneKind"],
    ["/everything?oneKind=2147483648", "oneKind"],
    ["/everything?oneBytes=%C3%A9", "oneBytes"],
    ["/everything?oneBytes=a+b%3D", "oneBytes"],
    ["/everything?manyInt32=1&manyInt32=x", "manyInt32"],
    ["/everything?choiceBool=true&choiceString=a", "choice"],
    ["/known?aTimestamp=yesterday", "aTimestamp"],
    ["/known?aTimestamp=2026-01-31T12:00:00.5+01:00", "aTimestamp"],
    ["/known?aTimestamp.seconds=5", "aTimestamp.seconds"],
    ["/known?aDuration=5", "aDuration"],
    ["/known?aDuration=1.1234567891s", "aDuration"],
    ["/known?nested.a_fieldmask=first_name", "nested.aFieldmask"],
    ["/known?aInt32value=x", "aInt32value"],
    ["/known?aInt32value.value=1", "aInt32value.value"],
    ["/known?aBoolvalue=yes", "aBoolvalue"],
    ["/known?aBytesvalue=a+b%3D", "aBytesvalue"],
    ["/known?aStruct=%7B%7D", "aStruct"],
    ["/known?aStruct.a=1", "aStruct.a"],
    ["/known?aValue=1", "aValue"],
    ["/known?aValue.stringValue=1", "aValue.stringValue"],
    ["/known?aAny.typeUrl=x", "aAny.typeUrl"],
    ["/known?aEmpty=", "aEmpty"],
    ["/known?aNull=0x", "aNull"],
  ])("%s", async (path, field) => {
    const { status, text } = await echo.ask("GET", path);
    expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({
      status: 400,
      code: 3,
      message: expect.stringContaining(field),
      details: [{ fieldViolations: [{ field }] }],
    });
  });
});
