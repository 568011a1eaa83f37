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

/** An item of a class: how many units it has, what it becomes, whether it is a set by itself. */
interface ClassItem {
  readonly taken: number;
  readonly written: string;
  readonly isSet: boolean;
}

/**
 * Writes the class in brackets at the beginning of `rest` in JavaScript: how many units it has, and
 * what it becomes. Throws an Error when it does not end, or has what cannot be written.
 */
export function translateClass(rest: string): [taken: number, written: string] {
  let at = rest[1] === "^" ? 2 : 1;
  let written = rest.slice(0, at);
  const first = at;
  while (at < rest.length && (rest[at] !== "]" || at === first)) {
    const item = readItem(rest.slice(at));
    at += item.taken;
    written += item.written;
    // A hyphen makes a range between two characters. After a set, and before the end, it is itself.
    if (rest[at] !== "-" || rest[at + 1] === "]" || rest[at + 1] === undefined) continue;
    if (item.isSet) continue;
    const end = readItem(rest.slice(at + 1));
    if (end.isSet) throw new Error(`has a range that ends in a class: ${rest.slice(0, at + 3)}`);
    at += 1 + end.taken;
    written += `-${end.written}`;
  }
  if (rest[at] !== "]") throw new Error("has a class that does not end");
  return [at + 1, `${written}]`];
}

function readItem(rest: string): ClassItem {
  const posix = POSIX.exec(rest);
  if (posix !== null) return { taken: posix[0].length, written: writePosix(posix), isSet: true };
  if (rest[0] === "\\") {
    const [taken, written] = translateEscape(rest, "class");
    return { taken, written, isSet: /^\\[dDwWsSpP]/.test(rest) };
  }
  // A character beyond 16 bits has two units.
  const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  const written = "[]^/-".includes(letter) ? `\\${letter}` : letter;
  return { taken: letter.length, written, isSet: false };
}

function writePosix([text, negated, name = ""]: RegExpExecArray): string {
  const written = POSIX_CLASSES[name];
  if (written === undefined) throw new Error(`has the unknown class \`${text}\``);
  if (negated === "^")
    throw new Error(`has the class \`${text}\`, which cannot be kept in brackets`);
  return written;
}
