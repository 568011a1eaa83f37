import { translateClass } from "./translate-class.js";
import { translateEscape } from "./translate-escape.js";

/** A pattern in JavaScript's syntax. */
export interface TranslatedPattern {
  readonly source: string;
  /** `u`, and `i` when the pattern ignores case. */
  readonly flags: string;
}

const FLAGS = /^\(\?([a-zA-Z]*)\)/;
const GROUP = /^\((?:\?(?::|P?<[A-Za-z_][A-Za-z0-9_]*>))?/;
const REPEAT = /^(?:[*+?]|\{(?:0|[1-9]\d*)(?:,(?:0|[1-9]\d*)?)?\})\??/;
const QUOTED = /^\\Q([\s\S]*?)(?:\\E|$)/;
const MAX_REPEAT = 1_000;

/**
 * Writes a pattern of RE2's syntax in JavaScript's, such that both match the same texts. Throws an
 * Error that continues "`pattern` …" for one that RE2 does not know or JavaScript cannot express.
 * Source: github.com/google/re2/wiki/Syntax.
 */
export function translatePattern(pattern: string): TranslatedPattern {
  const head = FLAGS.exec(pattern);
  const flags = head?.[1] ?? "";
  for (const flag of flags)
    if (flag !== "i" && flag !== "s")
      throw new Error(`has the flag \`${flag}\`; only \`i\` and \`s\` can be kept`);
  const dot = flags.includes("s") ? "[^]" : "[^\\n]";
  let rest = pattern.slice(head?.[0].length ?? 0);
  let source = "";
  while (rest !== "") {
    const [taken, written] = translateNext(rest, dot);
    source += written;
    rest = rest.slice(taken);
  }
  const translated = { source, flags: flags.includes("i") ? "iu" : "u" };
  try {
    new RegExp(translated.source, translated.flags);
  } catch (error) {
    throw new Error(`is not a regular expression of RE2: ${String(error)}`, { cause: error });
  }
  return translated;
}

/** How many units of the pattern are next, and what they are in JavaScript. */
function translateNext(rest: string, dot: string): [taken: number, written: string] {
  const quoted = QUOTED.exec(rest);
  if (quoted !== null) return [quoted[0].length, escapeLiteral(quoted[1] ?? "")];
  const repeat = REPEAT.exec(rest)?.[0];
  if (repeat !== undefined) return [repeat.length, checkRepeat(repeat)];
  switch (rest[0]) {
    case "\\":
      return translateEscape(rest, "outside");
    case "[":
      return translateClass(rest);
    case "(":
      return translateGroup(rest);
    case ".":
      return [1, dot];
    case "]":
    case "{":
    case "}":
      return [1, `\\${rest[0]}`];
    default:
      return [1, rest[0] ?? ""];
  }
}

function translateGroup(rest: string): [taken: number, written: string] {
  const open = GROUP.exec(rest)?.[0] ?? "(";
  if (open !== "(" || rest[1] !== "?") return [open.length, "(?:"];
  if (/^\(\?<?[=!]/.test(rest)) throw new Error("looks ahead or behind, which RE2 does not know");
  throw new Error(`has \`${rest.slice(0, 4)}\`; flags are allowed at its beginning only`);
}

function checkRepeat(repeat: string): string {
  for (const count of repeat.match(/\d+/g) ?? [])
    if (Number(count) > MAX_REPEAT)
      throw new Error(`repeats something ${count} times; RE2 allows ${MAX_REPEAT}`);
  return repeat;
}

function escapeLiteral(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
