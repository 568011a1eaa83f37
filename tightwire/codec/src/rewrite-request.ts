import { messageName } from "./message-name.js";
import { rewriteFields } from "./rewrite-fields.js";
import { BinaryReader } from "./wire.js";

// Field numbers of plugin.proto and descriptor.proto.
const REQUEST = { protoFile: 15, sourceFile: 17 } as const;
const FILE = { package: 2, message: 4, enum: 5, service: 6, extension: 7 } as const;
const MESSAGE = { name: 1, field: 2, nested: 3, extension: 6 } as const;
const FIELD = { extendee: 2, typeName: 6 } as const;
const SERVICE = { method: 2 } as const;
const METHOD = { input: 2, output: 3 } as const;

type Rewrite = (content: Uint8Array) => Uint8Array;

/**
 * Takes what protoc asks a plugin, and renames messages and enums as {@link messageName} says, with
 * all references to them. Nothing else is changed: the names of fields, files and packages, and the
 * bytes on the wire, stay as they are.
 */
export function rewriteRequest(request: Uint8Array): Uint8Array {
  const renamed = findRenamed(request);
  if (renamed.size === 0) return request;
  const file = rewriteFile(rewriteText((reference) => rename(reference, renamed)));
  return rewriteFields(request, { [REQUEST.protoFile]: file, [REQUEST.sourceFile]: file });
}

/** The full names of what is renamed, as references write them (`.shop.v1.Map`), old to new. */
function findRenamed(request: Uint8Array): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  for (const file of readFields(request, REQUEST.protoFile)) {
    const packageName = readFields(file, FILE.package).map(toText).at(-1) ?? "";
    const scope = packageName === "" ? "." : `.${packageName}.`;
    for (const declared of [...readFields(file, FILE.message), ...readFields(file, FILE.enum)]) {
      const name = readFields(declared, MESSAGE.name).map(toText).at(-1) ?? "";
      if (messageName(name) !== name) renamed.set(scope + name, scope + messageName(name));
    }
  }
  return renamed;
}

/** Renames what a reference names, or the message around it. */
function rename(reference: string, renamed: ReadonlyMap<string, string>): string {
  for (let at = reference.length; at > 0; at = reference.lastIndexOf(".", at - 1)) {
    const found = renamed.get(reference.slice(0, at));
    if (found !== undefined) return found + reference.slice(at);
  }
  return reference;
}

function rewriteFile(reference: Rewrite): Rewrite {
  const fieldRewrites = { [FIELD.extendee]: reference, [FIELD.typeName]: reference };
  const field: Rewrite = (content) => rewriteFields(content, fieldRewrites);
  const nested: Rewrite = (content) =>
    rewriteFields(content, {
      [MESSAGE.field]: field,
      [MESSAGE.nested]: nested,
      [MESSAGE.extension]: field,
    });
  const ownName = { [MESSAGE.name]: rewriteText(messageName) };
  const method: Rewrite = (content) =>
    rewriteFields(content, { [METHOD.input]: reference, [METHOD.output]: reference });
  return (content) =>
    rewriteFields(content, {
      [FILE.message]: (message) => rewriteFields(nested(message), ownName),
      [FILE.enum]: (declared) => rewriteFields(declared, ownName),
      [FILE.service]: (service) => rewriteFields(service, { [SERVICE.method]: method }),
      [FILE.extension]: field,
    });
}

function rewriteText(change: (text: string) => string): Rewrite {
  return (content) => Buffer.from(change(toText(content)), "utf8");
}

function toText(content: Uint8Array): string {
  return Buffer.from(content).toString("utf8");
}

/** The contents of a length-delimited field, in order. */
function readFields(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === wanted) found.push(reader.bytes());
    else reader.skip(wireType, number);
  }
  return found;
}
