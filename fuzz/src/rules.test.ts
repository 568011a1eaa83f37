import { readFileSync } from "node:fs";
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator } from "@bufbuild/protovalidate";
import { formatFieldPath, Violations } from "@tightwire/core/validation";
import { createRandom } from "@tightwire/testing";
import { expect, test } from "vitest";
import { Rules } from "./gen/fuzz/rules/v1/rules.js";
import { checkRules } from "./gen/fuzz/rules/v1/rules.rules.js";
import { randomMessage } from "./random-rules.js";

const MESSAGES = 1_500;

const image = readFileSync(new URL("../rules.binpb", import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const desc = registry.getMessage("fuzz.rules.v1.Rules") as DescMessage;
const validator = createValidator({ registry });

/** A violation as a line: `texts.min_len string.min_len`, with `key` behind that of a map's key. */
function line(field: string, rule: string, forKey: boolean): string {
  return `${field} ${rule}${forKey ? " key" : ""}`;
}

function theirs(message: Message): string[] {
  const result = validator.validate(desc, message);
  if (result.kind === "error") throw result.error;
  return (result.violations ?? []).map(({ field, ruleId, forKey }) =>
    line(pathToString(field), ruleId, forKey),
  );
}

function ours(message: Message): string[] {
  const found = new Violations(() => Date.now(), Number.POSITIVE_INFINITY);
  checkRules(Rules.decode(toBinary(desc, message)), found);
  return found.list.map(({ path, rule, forKey }) => line(formatFieldPath(path), rule, forKey));
}

test("random messages break the same rules at the same fields as in protovalidate's library", () => {
  const random = createRandom(20261201);
  let broken = 0;
  for (let index = 0; index < MESSAGES; index++) {
    // As it is received: the wire has 32 bits of a float.
    const message = fromBinary(desc, toBinary(desc, randomMessage(desc, random)));
    const expected = theirs(message);
    broken += expected.length;
    expect(ours(message).sort()).toEqual(expected.sort());
  }
  expect(broken).toBeGreaterThan(100 * MESSAGES);
});
