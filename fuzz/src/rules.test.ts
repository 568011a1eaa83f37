import { readFileSync } from "node:fs";
import { createFileRegistry, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator } from "@bufbuild/protovalidate";
import { createRandom } from "@tightwire/testing";
import { expect, test } from "vitest";
import { Rules } from "./gen/fuzz/rules/v1/rules.js";
import { checkRules } from "./gen/fuzz/rules/v1/rules.rules.js";
import { randomMessage } from "./random-rules.js";
import { linesOf, linesOfLibrary } from "./violation-lines.js";

const MESSAGES = 1_500;

const image = readFileSync(new URL("../rules.binpb", import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const desc = registry.getMessage("fuzz.rules.v1.Rules") as DescMessage;
const validator = createValidator({ registry });

test("random messages break the same rules at the same fields as in protovalidate's library", () => {
  const random = createRandom(20261201);
  let broken = 0;
  for (let index = 0; index < MESSAGES; index++) {
    // As it is received: the wire has 32 bits of a float.
    const message = fromBinary(desc, toBinary(desc, randomMessage(desc, random)));
    const expected = linesOfLibrary(validator.validate(desc, message));
    broken += expected.length;
    const decoded = Rules.decode(toBinary(desc, message));
    expect(linesOf((found) => checkRules(decoded, found))).toEqual(expected);
  }
  expect(broken).toBeGreaterThan(100 * MESSAGES);
});
