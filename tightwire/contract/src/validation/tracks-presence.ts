import type { DescField } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";

/** Whether a field that is not set differs from one with the zero value. Lists and maps do not. */
export function tracksPresence({ fieldKind, presence }: DescField): boolean {
  return fieldKind !== "list" && fieldKind !== "map" && presence !== Presence.IMPLICIT;
}
