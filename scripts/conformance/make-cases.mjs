// Writes the cases that the codec's conformance test keeps, or with --check compares them with what
// is there: a line each, with a name, the bytes that are read, and the bytes that are written again
// or `refused`. They follow protobuf's encoding, not the code that they test.
//
//     pnpm conformance:cases [--check]
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { malformedCases } from "./malformed-cases.mjs";
import { validCases } from "./valid-cases.mjs";

const FILE = join(import.meta.dirname, "../../tightwire/codec/src/conformance-cases.txt");

const lines = [...malformedCases(), ...validCases()].map(
  ([name, input, output]) =>
    `${name.replaceAll(" ", "_")} ${input.toString("hex") || "-"} ${output === "refused" ? output : output.toString("hex") || "-"}`,
);
const text = `# Made by scripts/conformance/make-cases.mjs\n${lines.join("\n")}\n`;

if (new Set(lines.map((line) => line.split(" ")[0])).size !== lines.length)
  throw new Error("two cases have one name");
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
  console.log(`conformance: ${lines.length} cases`);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error(
    "conformance: the cases are not what the script makes; run `pnpm conformance:cases`",
  );
  process.exitCode = 1;
}
