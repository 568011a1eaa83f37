import type { DescFile } from "@bufbuild/protobuf";
import { nameOfMethod } from "./method-name.js";
import { fileOf, type Placed, sourcePath } from "./source-path.js";

/** An error in a contract, and its place. */
export interface Fault {
  /** The file as buf names it: `shop/catalog/v1/catalog.proto`. */
  readonly file: string;
  /** Starts at 1; absent when the descriptors have no source info. */
  readonly line?: number;
  /** Starts at 1; absent when the descriptors have no source info. */
  readonly column?: number;
  /** The full name of the method, service, message, field, oneof, enum or value. */
  readonly subject: string;
  /** What is wrong; continues a sentence that starts with the subject. */
  readonly text: string;
}

/** `file:line:column: subject: text`, the form that editors turn into a link. */
export function formatFault(fault: Fault): string {
  const place =
    fault.line === undefined ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  return `${place}: ${fault.subject}: ${fault.text}`;
}

/**
 * Makes a fault of a part of a contract. `within` leads from it to the option at fault, as
 * `SourceCodeInfo.Location.path` counts. The fault gets the nearest place on this path that the
 * source info knows.
 */
export function createFault(desc: Placed, within: readonly number[], text: string): Fault {
  const source = fileOf(desc);
  const subject = nameOf(desc);
  const file = `${source.name}.proto`;
  const span = findSpan(source, [...sourcePath(desc), ...within]);
  if (span === undefined) return { file, subject, text };
  return { file, line: (span[0] ?? 0) + 1, column: (span[1] ?? 0) + 1, subject, text };
}

function nameOf(desc: Placed): string {
  switch (desc.kind) {
    case "rpc":
      return nameOfMethod(desc);
    case "enum_value":
    case "field":
    case "oneof":
      return `${desc.parent.typeName}.${desc.name}`;
    default:
      return desc.typeName;
  }
}

/**
 * The place of the option itself, else of the first field inside it (of a message literal buf
 * records only the leaves), else of the nearest element around it.
 */
function findSpan(file: DescFile, path: readonly number[]): readonly number[] | undefined {
  const locations = (file.proto.sourceCodeInfo?.location ?? []).map(({ path: at, span }) => ({
    at: `${at.join(".")}.`,
    span,
  }));
  const wanted = `${path.join(".")}.`;
  const inside = locations.find(({ at }) => at.startsWith(wanted));
  if (inside !== undefined) return inside.span;
  for (let length = path.length - 1; length > 0; length--) {
    const around = `${path.slice(0, length).join(".")}.`;
    const found = locations.find(({ at }) => at === around);
    if (found !== undefined) return found.span;
  }
  return undefined;
}
