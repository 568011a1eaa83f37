import { type Merging, mergeMessages } from "./merge-messages.js";
import { unknownForm } from "./unknown-form.js";

const PARAMETERS = String.raw`\(\s*input: BinaryReader \| Uint8Array,\s*length\?: number,?\s*\)`;
/** A decode function with its result and body, and the declaration of one. */
const FUNCTION = new RegExp(
  String.raw`^  ( *)decode${PARAMETERS}: (\S+) \{\n([\s\S]*?)^  \1\},\n`,
  "gm",
);
const DECLARATION = new RegExp(String.raw`^  decode${PARAMETERS}: (\S+);\n`, "gm");

/** Since 2.17 ts-proto counts the depth itself, with a `try` around all that follows. */
const DEPTH =
  /^ +const previousRecursionDepth = [\s\S]*?^ +try \{\n([\s\S]*?)^ +\} finally \{\n[^}]*\}\n/m;

/**
 * Makes the decode functions that ts-proto wrote strict: the reader checks tags, lengths and the
 * ends of groups. Has them merge a message that comes twice, and keep entries of maps that have no
 * message. Takes and returns the text of a file. Throws an Error when ts-proto wrote a function in
 * another form than is known here.
 */
export function rewriteDecode(file: string): string {
  const entries = new Set(
    [...file.matchAll(/const entry\d+ = ([\w$.]+)\.decode\(/g)].map(([, entry]) => entry),
  );
  // With `useNullAsOptional=true` a message that is not there is null.
  const previous = file.includes("| null") ? " ?? undefined" : "";
  let functions = 0;
  const rewritten = file
    .replace(FUNCTION, (_, indent: string, type: string, body: string) => {
      functions++;
      const flat = body.replaceAll(`\n${indent}`, "\n").slice(indent.length);
      const strict = rewriteBody(flat, { isMapEntry: entries.has(type), previous });
      return `  ${signature(type)} {\n${strict}  },\n`.replace(/^(?=.)/gm, indent);
    })
    .replace(DECLARATION, (_, type: string) => `  ${signature(type)};\n`);
  if (functions !== file.split("input instanceof BinaryReader").length - 1)
    throw unknownForm("decode");
  return rewritten;
}

function signature(type: string): string {
  const parameters = ["input: BinaryReader | Uint8Array", "length?: number", `into?: ${type}`];
  const line = `decode(${parameters.join(", ")}): ${type}`;
  return line.length <= 115 ? line : `decode(\n    ${parameters.join(",\n    ")},\n  ): ${type}`;
}

function rewriteBody(body: string, merging: Merging): string {
  const flat = body.replace(DEPTH, (_, inner: string) => inner.replace(/^ {2}/gm, ""));
  const strict = [
    [/const end = [^;]+;/, "const outerEnd = reader.len;\n    const end = reader.enter(length);"],
    [/const message = ([^;]+);/, "const message = into ?? $1;"],
    [/const tag = reader\.uint32\(\);/, "const tag = reader.fieldTag();"],
    [
      /\(tag & 7\) === 4 \|\| tag === 0\) \{\n/,
      "(tag & 7) === 4) {\n        reader.endGroup(tag, length);\n",
    ],
    [/reader\.skip\(tag & 7\)/, "reader.skip(tag & 7, tag >>> 3)"],
    [/^ {4}return message;/m, "    reader.leave(outerEnd);\n    return message;"],
  ].reduce((text, [from, to]) => replaceOne(text, from as RegExp, to as string), flat);
  const packed = strict.replace(
    /const end2 = reader\.uint32\(\) \+ reader\.pos;(\n( +)while [\s\S]*?\n\2\}\n)/g,
    "const end2 = reader.lengthEnd();$1$2reader.endPacked(end2);\n",
  );
  const lengths = packed.replace(
    /(\.decode\(\s*reader,\s*)reader\.uint32\(\)/g,
    "$1reader.length()",
  );
  return mergeMessages(lengths, merging);
}

function replaceOne(text: string, from: RegExp, to: string): string {
  if (!from.test(text)) throw unknownForm("decode");
  return text.replace(from, to);
}
