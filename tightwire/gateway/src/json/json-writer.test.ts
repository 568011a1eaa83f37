import { createRegistry, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EchoGateway, serveEcho } from "./echo.test-support.js";
import { createJsonWriter } from "./json-writer.js";
import { randomMessage } from "./random-message.test-support.js";

let echo: EchoGateway;

beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

describe.each(["everything", "known", "awkward"] as const)("the text of messages of %s", (name) => {
  test("is that of protobuf-es, for broken bytes too", () => {
    const schema = echo[name];
    const registry = createRegistry(echo.contract.registry);
    const slow = (bytes: Uint8Array): string =>
      JSON.stringify(
        toJson(schema, fromBinary(schema, bytes), { registry, alwaysEmitImplicit: true }),
      );
    let fellBack = 0;
    let wrote = 0;
    const fast = createJsonWriter(schema, (bytes) => {
      fellBack++;
      return slow(bytes);
    });
    const outcome = (write: (bytes: Uint8Array) => string | Buffer, bytes: Uint8Array): string => {
      try {
        return String(write(bytes));
      } catch (error) {
        return `! ${(error as Error).message}`;
      }
    };
    const runs = 300;
    fc.assert(
      fc.property(fc.gen(), fc.nat(), fc.nat(255), (draw, where, byte) => {
        const { message } = randomMessage(schema, { draw, registry, depth: 3 });
        const bytes = toBinary(schema, message);
        const before = fellBack;
        expect(String(fast(bytes))).toBe(slow(bytes));
        wrote += fellBack === before ? 1 : 0;
        // Two messages are merged.
        const twice = Buffer.concat([bytes, bytes]);
        expect(String(fast(twice))).toBe(slow(twice));
        const broken = Uint8Array.from(bytes);
        if (broken.length > 0) broken[where % broken.length] = byte;
        expect(outcome(fast, broken)).toBe(outcome(slow, broken));
      }),
      { numRuns: runs, endOnFailure: true },
    );
    // The fallback did not write all of them.
    expect(wrote).toBeGreaterThan(runs / 20);
  });
});

describe("a malformed tag is refused", () => {
  test.each([
    ["the field number 0", "0001"],
    ["the field number 0 in five bytes", "808080800001"],
    ["six bytes for the number 3", "98808080800001"],
    ["bits above the 32nd", "988080804001"],
    ["in a message", "8a010798808080800001"],
    ["the key of a map's entry", "e2040b8a80808080000161120178"],
    ["an end of a group", "8c01"],
    ["an end of a group in a message", "8a01028c01"],
  ])("%s", (_what, hex) => {
    const fast = createJsonWriter(echo.everything, () => {
      throw new Error("refused");
    });
    expect(() => fast(Buffer.from(hex, "hex"))).toThrow("refused");
    expect(() => fromBinary(echo.everything, Buffer.from(hex, "hex"))).toThrow(Error);
  });
});
