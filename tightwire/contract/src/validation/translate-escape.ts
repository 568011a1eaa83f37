/** Where an escape stands: outside of a class, or in one. */
type Place = "outside" | "class";

const CODE = /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/;
const OCTAL = /^\\(0[0-7]{0,2}|[1-7][0-7]{2})/;
const PROPERTY = /^\\([pP])(?:([A-Z])|\{(\^?)([A-Za-z_]+)\})/;
const CONTROLS: Readonly<Record<string, string>> = {
  a: "\\x07",
  f: "\\f",
  n: "\\n",
  r: "\\r",
  t: "\\t",
  v: "\\v",
};
const NO_SPACE = "\\x00-\\x08\\x0b\\x0e-\\x1f\\x21-\\u{10ffff}";

/**
 * Writes the escape at the beginning of `rest` in JavaScript: how many units it has, and what it
 * becomes. Throws an Error for one that RE2 does not know.
 */
export function translateEscape(rest: string, place: Place): [taken: number, written: string] {
  const code = CODE.exec(rest);
  if (code !== null) return [code[0].length, `\\u{${code[1] ?? code[2]}}`];
  const octal = OCTAL.exec(rest);
  if (octal !== null)
    return [octal[0].length, `\\u{${Number.parseInt(octal[1] ?? "0", 8).toString(16)}}`];
  const property = PROPERTY.exec(rest);
  if (property !== null) return [property[0].length, writeProperty(property)];
  const letter = rest[1];
  if (letter === undefined) throw new Error("ends in a backslash");
  if (/[1-9]/.test(letter)) throw new Error("has a backreference, which RE2 does not know");
  const known = CONTROLS[letter] ?? writeClassEscape(letter, place);
  if (known !== undefined) return [2, known];
  if (/[A-Za-z0-9]/.test(letter)) throw new Error(`has the unknown escape \`\\${letter}\``);
  return [2, /[\^$\\.*+?()[\]{}|/-]/.test(letter) ? writeLiteral(letter, place) : letter];
}

/** A hyphen may be escaped in a class only. */
function writeLiteral(letter: string, place: Place): string {
  return letter === "-" && place === "outside" ? "-" : `\\${letter}`;
}

function writeClassEscape(letter: string, place: Place): string | undefined {
  switch (letter) {
    case "d":
    case "D":
    case "w":
    case "W":
      return `\\${letter}`;
    case "s":
      return place === "class" ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]";
    case "S":
      return place === "class" ? NO_SPACE : "[^\\t\\n\\f\\r ]";
    case "b":
    case "B":
      return place === "class" ? undefined : `\\${letter}`;
    case "A":
      return place === "class" ? undefined : "^";
    case "z":
      return place === "class" ? undefined : "$";
    default:
      return undefined;
  }
}

/** `\pL`, `\p{Greek}`, `\p{^Greek}`: a general category or, of a longer name, a script. */
function writeProperty([, letter, short, negated, long]: RegExpExecArray): string {
  const name = short ?? long ?? "";
  const positive = (letter === "p") === (negated !== "^");
  return `\\${positive ? "p" : "P"}{${name.length <= 2 ? name : `Script=${name}`}}`;
}
