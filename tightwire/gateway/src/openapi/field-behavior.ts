import { type DescField, getExtension, hasExtension, type Registry } from "@bufbuild/protobuf";

/** The part of `google.api.field_behavior` that OpenAPI can describe. */
export interface FieldBehavior {
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
}

// Numbers of google.api.FieldBehavior.
const REQUIRED = 2;
const OUTPUT_ONLY = 3;
const INPUT_ONLY = 4;

/** Reads a field's behavior. Source: google/api/field_behavior.proto, AIP-203. */
export function fieldBehavior(field: DescField, registry: Registry): FieldBehavior {
  const extension = registry.getExtension("google.api.field_behavior");
  const { options } = field.proto;
  const values =
    extension !== undefined && options !== undefined && hasExtension(options, extension)
      ? (getExtension(options, extension) as number[])
      : [];
  return {
    required: values.includes(REQUIRED),
    readOnly: values.includes(OUTPUT_ONLY),
    writeOnly: values.includes(INPUT_ONLY),
  };
}
