import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { fieldName } from "@tightwire/contract";

/**
 * Finds the fields marked `debug_redact` in a message and in all nested messages: their paths in
 * the contract's order, with ts-proto's names (`buyer.email`). Paths have no indexes for repeated
 * and map fields, and no names of oneofs. When a message contains itself, the field that leads back
 * into it is listed as a whole if anything in the message is marked, because paths below it never
 * end.
 */
export function findRedactedPaths(message: DescMessage): string[] {
  return collect(message, "", []);
}

function collect(message: DescMessage, prefix: string, above: readonly DescMessage[]): string[] {
  const within = [...above, message];
  return message.fields.flatMap((field) => {
    const path = prefix + fieldName(field.name);
    if (isRedacted(field)) return [path];
    const inner = field.message;
    if (inner === undefined || !holdsRedacted(inner, new Set())) return [];
    return within.includes(inner) ? [path] : collect(inner, `${path}.`, within);
  });
}

function holdsRedacted(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some(
    (field) =>
      isRedacted(field) || (field.message !== undefined && holdsRedacted(field.message, seen)),
  );
}

function isRedacted(field: DescField): boolean {
  return field.proto.options?.debugRedact === true;
}
