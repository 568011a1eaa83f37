import { translateEscape } from "./translate-escape.js";

const POSIX = /^\[:(\^?)([a-z]+):\]/;
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/**
 * Writes the class in brackets at the beginning of `rest` in JavaScript: how many units it has, and
 * what it becomes. Throws an Error when it does not end, or has what cannot be written.
 */
export function translateClass(rest: string): [taken: number, written: string] {
  let at = rest[1] === "^" ? 2 : 1;
  let written = rest.slice(0, at);
  const first = at;
  while (at < rest.length && (rest[at] !== "]" || at === first)) {
    const [taken, part] = translateItem(rest.slice(at));
    written += part;
    at += taken;
  }
  if (rest[at] !== "]") throw new Error("has a class that does not end");
  return [at + 1, `${written}]`];
}

function translateItem(rest: string): [taken: number, written: string] {
  const posix = POSIX.exec(rest);
  if (posix !== null) return [posix[0].length, writePosix(posix)];
  if (rest[0] === "\\") return translateEscape(rest, "class");
  const letter = rest[0] ?? "";
  if ("[]^/".includes(letter)) return [1, `\\${letter}`];
  // A hyphen between two characters makes a range; before the end it is itself.
  return [1, letter === "-" && rest[1] === "]" ? "\\-" : letter];
}

function writePosix([text, negated, name = ""]: RegExpExecArray): string {
  const written = POSIX_CLASSES[name];
  if (written === undefined) throw new Error(`has the unknown class \`${text}\``);
  if (negated === "^")
    throw new Error(`has the class \`${text}\`, which cannot be kept in brackets`);
  return written;
}
