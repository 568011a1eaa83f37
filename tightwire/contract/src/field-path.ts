import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { hasOwnJson } from "./own-json.js";

/**
 * Follows a path of field names, spelled as in the contract or in JSON. Returns the fields on it,
 * or a sentence that says where it stops: below a single value, a list or a map, and below a
 * message that {@link hasOwnJson}.
 */
export function findField(message: DescMessage, path: string): readonly DescField[] | string {
  const found: DescField[] = [];
  let within: DescMessage | undefined = message;
  for (const name of path.split(".")) {
    if (within === undefined) return `${found.at(-1)?.name} has no fields`;
    const field: DescField | undefined = within.fields.find(
      (one) => one.name === name || one.jsonName === name,
    );
    if (field === undefined) return `${within.typeName} has no field "${name}"`;
    found.push(field);
    within =
      field.fieldKind === "message" && !hasOwnJson(field.message) ? field.message : undefined;
  }
  return found;
}
