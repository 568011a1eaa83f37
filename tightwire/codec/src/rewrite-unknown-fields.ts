import { unknownForm } from "./unknown-form.js";

const TYPE = "_unknownFields?: { [key: number]: Uint8Array[] }";
const READ = /const buf = reader\.skip\([^;]+;[\s\S]*?list\.push\(buf\);\n +\}/g;
const WRITE =
  /for \(const \[key, values\] of .*\n.*parseInt\(key, 10\);\n.*\{\n.*\.raw\(value\);\n *\}\n( *)\}/g;
const FROM_PARTIAL =
  /(\bfromPartial(?:<[^\n]*>)?\(\s*)(?:object|_)(: [^;]*?\{\n)( *)(const message = [^;]+;\n)/g;

/**
 * Has messages keep the fields that their contract does not have as they stand on the wire, in
 * their order, where ts-proto was told to keep them (`unknownFields=true`): it keeps them by their
 * tag, which loses the order of fields with one number and several wire types, and `fromPartial`
 * loses them all. With `outputExtensions=true` everything stays as it is, as extensions are found
 * by their tag.
 */
export function rewriteUnknownFields(file: string): string {
  if (!file.includes(TYPE) || /\bgetExtension\b/.test(file)) return file;
  const messages = file.split("const buf = reader.skip(").length - 1;
  if ([READ, WRITE].some((part) => file.match(part)?.length !== messages))
    throw unknownForm("unknown fields");
  return file
    .replaceAll(TYPE, "_unknownFields?: Uint8Array[]")
    .replaceAll("_unknownFields: {}", "_unknownFields: undefined")
    .replace(READ, "(message._unknownFields ??= []).push(reader.unknownField(tag));")
    .replace(WRITE, "for (const field of message._unknownFields) {\n$1  writer.raw(field);\n$1}")
    .replace(FROM_PARTIAL, "$1object$2$3$4$3message._unknownFields = object._unknownFields;\n");
}
