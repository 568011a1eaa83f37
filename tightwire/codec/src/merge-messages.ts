/** `.name`, or `["name"]` where the name is none of JavaScript's. */
const PROPERTY = String.raw`(?:\.[\w$]+|\["[^"]+"\])`;
/** A message that is read: a group, whose number stands where the length would, or another one. */
const READ = String.raw`([\w$.]+)\.decode\(\s*reader,\s*(reader\.length\(\)|-\d+),?\s*\)`;

const GROUP = /(case (\d+): \{\n(?:(?! *case ).*\n)*?.*\.decode\(\s*reader)\)/g;
const FIELD = new RegExp(String.raw`(message${PROPERTY})\s*=\s*${READ};`, "g");
const MEMBER = new RegExp(
  String.raw`^( *)(message${PROPERTY}) = \{\s*\$case: "([^"]+)",\s*([\w$]+|"[^"]+"): ${READ},?\s*\};`,
  "gm",
);
/** The value of a map's entry, if it is a message or is made of one. */
const ENTRY_VALUE = /message\.value\s*=\s*([^;]+\.decode\([^;]+);/;
const MESSAGE = new RegExp(`^${READ}$`);

/** How the messages of a decode function are merged. */
export interface Merging {
  readonly isMapEntry: boolean;
  /** What makes undefined of a message that is not there; empty when it is undefined. */
  readonly previous: string;
}

/**
 * Takes the body of a decode function. A message that comes again is read into the one that is
 * there, which the third argument of `decode` is. An entry of a map that has no message gets a new
 * one, read from no bytes.
 */
export function mergeMessages(body: string, { isMapEntry, previous }: Merging): string {
  return (isMapEntry ? completeEntry(body) : body)
    .replace(GROUP, "$1, -$2)")
    .replace(FIELD, `$1 = $2.decode(reader, $3, $1${previous});`)
    .replace(MEMBER, mergeMember);
}

function completeEntry(body: string): string {
  const [, value] = ENTRY_VALUE.exec(body) ?? [];
  if (value === undefined) return body;
  const empty = value.replace("reader.length()", "0");
  // A value that ts-proto makes of a message may be null.
  const complete = MESSAGE.test(value)
    ? `message.value ??= ${empty};`
    : `if (message.value === undefined) {\n      message.value = ${empty};\n    }`;
  return body.replace(/^ {4}reader\.leave/m, `    ${complete}\n    reader.leave`);
}

/** A member of a oneof is merged with the same member only. */
function mergeMember(
  _: string,
  indent: string,
  oneof: string,
  name: string,
  key: string,
  type: string,
  length: string,
): string {
  const value = key.startsWith('"') ? `${oneof}[${key}]` : `${oneof}.${key}`;
  return [
    `${oneof} = {`,
    `  $case: "${name}",`,
    `  ${key}: ${type}.decode(`,
    "    reader,",
    `    ${length},`,
    `    ${oneof}?.$case === "${name}" ? ${value} : undefined,`,
    "  ),",
    "};",
  ]
    .map((line) => indent + line)
    .join("\n");
}
