import type { DescMethod, DescService } from "@bufbuild/protobuf";

/** Something in a contract for which no code can be generated. */
export interface Fault {
  /** The file as buf names it: `shop/catalog/v1/catalog.proto`. */
  readonly file: string;
  /** Counted from 1; absent when the descriptors carry no source info. */
  readonly line?: number;
  /** Counted from 1; absent when the descriptors carry no source info. */
  readonly column?: number;
  /** The full name of the method or service at fault. */
  readonly subject: string;
  /** What is wrong, as the end of a sentence that begins with the subject. */
  readonly text: string;
}

/** Thrown when a contract has faults; its message has one line for each. */
export class GenerationError extends Error {
  override readonly name = "GenerationError";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(formatFault).join("\n"));
    this.faults = faults;
  }
}

/** `file:line:column: subject: text`, the form that editors make a link of. */
export function formatFault(fault: Fault): string {
  const place =
    fault.line === undefined ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  return `${place}: ${fault.subject}: ${fault.text}`;
}

/**
 * A fault of a method or service. `within` leads from it to the option at fault, as
 * `SourceCodeInfo.Location.path` counts; the nearest place that the source info knows on the way is
 * taken.
 */
export function createFault(
  desc: DescMethod | DescService,
  within: readonly number[],
  text: string,
): Fault {
  const subject = desc.kind === "rpc" ? `${desc.parent.typeName}.${desc.name}` : desc.typeName;
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
 * The place of the option itself, of the first thing inside it (buf knows the leaves of a message
 * that is written out), or of what is around it.
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
