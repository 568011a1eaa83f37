import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EchoGateway, serveEcho } from "./echo.test-support.js";

let echo: EchoGateway;

beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

describe("a body is refused", () => {
  test.each([
    ["an unknown field", "everything", '{"nothing":1}', "nothing"],
    [
      "a nested unknown field",
      "everything",
      '{"oneMessage":{"manyMessage":[{},{"nothing":1}]}}',
      "oneMessage.manyMessage[1].nothing",
    ],
    ["__proto__ as a field", "everything", '{"__proto__":{"oneInt32":1}}', "__proto__"],
    ["a field named like a property of all objects", "everything", '{"toString":1}', "toString"],
    ["a number that is too large", "everything", '{"oneInt32":2147483648}', "oneInt32"],
    [
      "a number that is too small",
      "everything",
      '{"oneMessage":{"one_uint32":-1}}',
      "oneMessage.one_uint32",
    ],
    [
      "a 64-bit number that is too large",
      "everything",
      '{"oneUint64":"18446744073709551616"}',
      "oneUint64",
    ],
    [
      "a number that JavaScript does not represent exactly",
      "everything",
      '{"oneInt64":9007199254740993}',
      "oneInt64",
    ],
    [
      "such a number in a nested list",
      "everything",
      '{"manyMessage":[{"many_fixed64":[1,-9007199254740993]}]}',
      "manyMessage[0].many_fixed64",
    ],
    ["such a number in a map", "everything", '{"toUint64":{"a":9007199254740993}}', "toUint64"],
    [
      "such a number in a wrapper",
      "known",
      '{"mapInt64value":{"a":9007199254740993}}',
      "mapInt64value.a",
    ],
    [
      "such a number in an Any",
      "known",
      '{"someAny":[{"@type":"x/try.v1.Known","aInt64value":9007199254740993}]}',
      "someAny[0].aInt64value",
    ],
    [
      "a float that is too large",
      "everything",
      '{"toEverything":{"a":{"oneFloat":1e39}}}',
      "toEverything.a.oneFloat",
    ],
    ["a number that is not whole", "everything", '{"manyInt32":[1,2.5]}', "manyInt32"],
    ["a string for a bool", "everything", '{"oneBool":"true"}', "oneBool"],
    ["a number for a string", "everything", '{"oneString":1}', "oneString"],
    ["invalid base64", "everything", '{"oneBytes":"é"}', "oneBytes"],
    ["an unknown name of an enum", "everything", '{"toKind":{"a":"KIND_TWO"}}', "toKind"],
    ["null in a list", "everything", '{"manyString":[null]}', "manyString"],
    ["null in a list of messages", "everything", '{"manyMessage":[null]}', "manyMessage[0]"],
    ["an object for a list", "everything", '{"manyMessage":{}}', "manyMessage"],
    ["a list for a message", "everything", '{"oneMessage":[]}', "oneMessage"],
    ["a key that is not a number", "everything", '{"byInt32":{"x":"a"}}', "byInt32"],
    ["two keys of the same number", "everything", '{"byInt64":{"1":"a","01":"b"}}', "byInt64"],
    ["two of a oneof", "everything", '{"choiceBool":true,"choiceString":"a"}', "choice"],
    ["a field in both spellings", "everything", '{"oneInt32":1,"one_int32":1}', "one_int32"],
    [
      "an invalid timestamp",
      "known",
      '{"nested":{"someTimestamp":["2026-01-31T12:00:00Z","2026-01-31"]}}',
      "nested.someTimestamp[1]",
    ],
    [
      "a timestamp of the year 10000",
      "known",
      '{"aTimestamp":"10000-01-01T00:00:00Z"}',
      "aTimestamp",
    ],
    [
      "a duration that is too long",
      "known",
      '{"mapDuration":{"a":"315576000001s"}}',
      "mapDuration.a",
    ],
    ["a duration with too many digits", "known", '{"aDuration":"1.1234567891s"}', "aDuration"],
    ["a field mask with underscores", "known", '{"aFieldmask":"a_b"}', "aFieldmask"],
    ["a wrapper's number that is too large", "known", '{"aInt32value":2147483648}', "aInt32value"],
    [
      "an Any of an unknown type",
      "known",
      '{"aAny":{"@type":"type.googleapis.com/no.Thing"}}',
      "aAny",
    ],
    ["an Any without a type", "known", '{"aAny":{"value":1}}', "aAny"],
  ] as const)("%s", async (_name, to, body, field) => {
    const { status, text } = await echo.ask("POST", `/${to}`, body);
    expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({
      status: 400,
      code: 3,
      message: expect.stringContaining(field),
      details: [{ fieldViolations: [{ field }] }],
    });
  });

  test.each([
    ["invalid JSON", '{"oneInt32":}', "JSON"],
    ["no object", "[]", "not a codec.test.v1.Everything"],
    ["null", "null", "not a codec.test.v1.Everything"],
    ["a key twice", '{"oneInt32":1,"oneInt32":2}', 'duplicate object key "oneInt32"'],
    [
      "a nested key twice",
      '{"oneMessage":{"byString":{"a":"1","\\u0061":"2"}}}',
      'duplicate object key "a"',
    ],
    [
      "messages that are nested too deep",
      `${'{"oneMessage":'.repeat(200)}{}${"}".repeat(200)}`,
      "recursion",
    ],
  ])("%s", async (_name, body, said) => {
    const { status, text } = await echo.ask("POST", "/everything", body);
    expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({
      status: 400,
      code: 3,
      message: expect.stringContaining(said),
    });
  });

  test.each([
    ["a key twice", '{"oneInt32":1,"oneInt32":2}', 'duplicate object key "oneInt32"'],
    ["more than one value", '{},"oneInt32":{}', "JSON"],
    ["invalid JSON", "{", "JSON"],
    ["an invalid field", '{"oneBool":1}', "oneMessage.oneBool: "],
  ])("that is one field and holds %s", async (_name, body, said) => {
    const { status, text } = await echo.ask("PUT", "/everything", body);
    expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({
      status: 400,
      code: 3,
      message: expect.stringContaining(said),
    });
  });

  test("of another type, and one that is not UTF-8", async () => {
    const typed = await echo.ask("POST", "/everything", "{}", { "content-type": "text/plain" });
    const broken = await echo.ask("POST", "/everything", Buffer.from([0x22, 0xff, 0x22]));
    expect([typed.status, broken.status]).toEqual([415, 400]);
    expect(broken.text).toContain("UTF-8");
  });
});
