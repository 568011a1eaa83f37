// Fails on lines over 100 columns. What cannot be broken is left out: a line of code with a text, a
// template or a regular expression in it, a table, link or code block of Markdown.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const COLUMNS = 100;
const NOT_OURS = /(^|\/)gen\/|(^|\/)golden\/|\.golden\.|^interop\/proto\//;

const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n");
const checked = files.filter(
  (file) => /\.(ts|mjs|cjs|md|proto)$/.test(file) && !NOT_OURS.test(file),
);
const faults = checked.flatMap((file) => {
  const lines = readFileSync(file, "utf8").split("\n");
  const isCode = file.endsWith(".md") ? unbreakableMarkdown(lines) : lines.map(unbreakableCode);
  return lines.flatMap((line, at) =>
    [...line].length > COLUMNS && !isCode[at]
      ? [`${file}:${at + 1}: ${[...line].length} columns`]
      : [],
  );
});

for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`check-width: ${faults.length} lines are longer than ${COLUMNS} columns`);
  process.exit(1);
}
console.log(`check-width: no line of ${checked.length} files is longer than ${COLUMNS} columns`);

function unbreakableCode(line) {
  const comment = /^\s*(\/\/|\/?\*)/.test(line);
  return comment ? /https?:\/\/|biome-ignore|@ts-/.test(line) : /["'`]|\/.+\//.test(line);
}

function unbreakableMarkdown(lines) {
  let fenced = false;
  return lines.map((line) => {
    if (/^\s*```/.test(line)) fenced = !fenced;
    return fenced || /^\s*\||^ {4}|\]\(|https?:\/\/|`[^`]{60,}`/.test(line);
  });
}
