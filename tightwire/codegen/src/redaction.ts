import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";

/**
 * Paths of the fields marked `debug_redact` in a message and all that it holds, by the names that
 * ts-proto gives them, in the contract's order: `buyer.email`. Repeated and map fields stand
 * without an index, and a oneof has no name of its own in a path. A field that leads back into a
 * message that it is part of is listed whole when anything in it is marked, since no finite path
 * can name what lies below it.
 */
export function findRedactedPaths(message: DescMessage): string[] {
  return collect(message, "", []);
}

function collect(message: DescMessage, prefix: string, above: readonly DescMessage[]): string[] {
  const within = [...above, message];
  return message.fields.flatMap((field) => {
    const path = prefix + protoCamelCase(field.name);
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
