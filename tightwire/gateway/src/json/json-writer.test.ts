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
  test("is that of protobuf-es, of broken bytes too", () => {
    const schema = echo[name];
    const registry = createRegistry(echo.contract.registry);
    const slow = (bytes: Uint8Array): string =>
      JSON.stringify(
        toJson(schema, fromBinary(schema, bytes), { registry, alwaysEmitImplicit: true }),
      );
    let left = 0;
    let wrote = 0;
    const fast = createJsonWriter(schema, (bytes) => {
      left++;
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
      fc.property(fc.gen(), fc.nat(), fc.nat(255), (draw, where, octet) => {
        const { message } = randomMessage(schema, { draw, registry, depth: 3 });
        const bytes = toBinary(schema, message);
        const before = left;
        expect(String(fast(bytes))).toBe(slow(bytes));
        wrote += left === before ? 1 : 0;
        // Twice is merged, and a changed octet is what it is.
        const twice = Buffer.concat([bytes, bytes]);
        expect(String(fast(twice))).toBe(slow(twice));
        const broken = Uint8Array.from(bytes);
        if (broken.length > 0) broken[where % broken.length] = octet;
        // What the other refuses may pass here: it looks at the unused bits of a number, too.
        const right = outcome(slow, broken);
        if (!right.startsWith("!")) expect(outcome(fast, broken)).toBe(right);
      }),
      { numRuns: runs, endOnFailure: true },
    );
    // All of it was not left to the other.
    expect(wrote).toBeGreaterThan(runs / 20);
  });
});
