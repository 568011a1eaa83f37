import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { nameOfMethod } from "./method-name.js";

/** An error in a contract, and its place. */
export interface Fault {
  /** The file as buf names it: `shop/catalog/v1/catalog.proto`. */
  readonly file: string;
  /** Starts at 1; absent when the descriptors have no source info. */
  readonly line?: number;
  /** Starts at 1; absent when the descriptors have no source info. */
  readonly column?: number;
  /** The full name of the method or service. */
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
 * Makes a fault of a method or service. `within` leads from it to the option at fault, as
 * `SourceCodeInfo.Location.path` counts. The fault gets the nearest place on this path that the
 * source info knows.
 */
export function createFault(
  desc: DescMethod | DescService,
  within: readonly number[],
  text: string,
): Fault {
  const subject = desc.kind === "rpc" ? nameOfMethod(desc) : desc.typeName;
  const service = desc.kind === "rpc" ? desc.parent : desc;
  const file = `${service.file.name}.proto`;
  const span = findSpan(service, [...sourcePath(desc), ...within]);
  if (span === undefined) return { file, subject, text };
  return { file, line: (span[0] ?? 0) + 1, column: (span[1] ?? 0) + 1, subject, text };
}

// Field numbers of descriptor.proto: FileDescriptorProto.service and ServiceDescriptorProto.method.
const FILE_SERVICE = 6;
const SERVICE_METHOD = 2;

function sourcePath(desc: DescMethod | DescService): number[] {
  if (desc.kind === "service") return [FILE_SERVICE, desc.file.services.indexOf(desc)];
  return [...sourcePath(desc.parent), SERVICE_METHOD, desc.parent.methods.indexOf(desc)];
}

/**
 * The place of the option itself, else of the first field inside it (of a message literal buf
 * records only the leaves), else of the nearest element around it.
 */
function findSpan(service: DescService, path: readonly number[]): readonly number[] | undefined {
  const locations = (service.file.proto.sourceCodeInfo?.location ?? []).map(
    ({ path: at, span }) => ({ at: `${at.join(".")}.`, span }),
  );
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
