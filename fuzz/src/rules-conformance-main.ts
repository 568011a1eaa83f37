#!/usr/bin/env node
// Runs the standard rules' cases of protovalidate's own conformance suite, read from its Go
// literals: `pnpm conformance:rules <checkout of bufbuild/protovalidate>`. Beside it
// @bufbuild/protovalidate runs them, which shows that they were read rightly.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createFileRegistry, toBinary } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { createValidator } from "@bufbuild/protovalidate";
import { type Contract, openContract } from "./rules-conformance/contract.js";
import { readExpectation } from "./rules-conformance/expectation.js";
import { type GoCase, readCases } from "./rules-conformance/go-cases.js";
import { readMessage } from "./rules-conformance/go-message.js";
import { linesOf, linesOfLibrary } from "./violation-lines.js";

const CASES = "tools/protovalidate-conformance/internal/cases";

/** How a case ended; `different` fails the run. */
type Outcome =
  | "same"
  | "different"
  | "refused at generation: CEL"
  | "left out: proto2 and editions"
  | "not read: computed in Go";

const [checkout] = process.argv.slice(2);
if (checkout === undefined)
  throw new Error("usage: pnpm conformance:rules <checkout of bufbuild/protovalidate>");

const files = readdirSync(join(checkout, CASES)).filter((name) => name.startsWith("cases_"));
const read = files.map((name) =>
  readCases(name, readFileSync(join(checkout, CASES, name), "utf8")),
);
const contract = openContract(checkout);
const registry = createFileRegistry(contract.set);
const validator = createValidator({ registry });

const counts = new Map<string, number>();
const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
const differences: string[] = [];
for (const reason of read.flatMap(({ unreadable }) => unreadable)) {
  console.error(`conformance:rules: not read: ${reason}`);
  count("suites not read");
}
for (const one of read.flatMap(({ cases }) => cases)) {
  const outcome = await judge(one, contract);
  count(outcome);
  if (outcome === "different") process.exitCode = 1;
}
for (const difference of differences) console.log(difference);
for (const [name, times] of [...counts].sort())
  console.log(`${String(times).padStart(5)}  ${name}`);

async function judge(one: GoCase, { find }: Contract): Promise<Outcome> {
  let message: ReflectMessage;
  let expected: ReturnType<typeof readExpectation>;
  try {
    message = readMessage(one.message, registry);
    expected = readExpectation(one.expected);
  } catch (error) {
    console.error(
      `conformance:rules: ${one.name}: ${error instanceof Error ? error.message : error}`,
    );
    return "not read: computed in Go";
  }
  const { desc } = message;
  if (desc.file.proto.syntax !== "proto3") return "left out: proto2 and editions";
  const generated = await find(desc);
  if (typeof generated === "string") {
    if (expected.kind === "refused") return "same";
    if (/CEL/.test(generated)) return "refused at generation: CEL";
    return differ(one.name, "to be generated", `refused: ${generated}`);
  }
  if (expected.kind === "refused") return differ(one.name, "refused at generation", "generated");
  const decoded = generated.decode(toBinary(desc, message.message));
  const ours = linesOf((found) => generated.check?.(decoded, found));
  const theirs = linesOfLibrary(validator.validate(desc, message.message));
  if (String(theirs) !== String(expected.lines))
    count("  of these, another result by npm's library");
  if (String(ours) === String(expected.lines)) return "same";
  return differ(one.name, String(expected.lines), String(ours));
}

function differ(name: string, expected: string, found: string): "different" {
  differences.push(
    `${name}\n    expected: ${expected || "valid"}\n    found:    ${found || "valid"}`,
  );
  return "different";
}
