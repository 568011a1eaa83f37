import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { fieldName, type ValueType, valueTypeOf, wrappedScalar } from "@tightwire/contract";

/** How generated code reads a field of `message`, in the form that ts-proto gives it. */
export interface FieldAccess {
  /** The value, once {@link isSet} holds or where the field always has one. */
  readonly value: string;
  /** Whether the field is set; undefined when it always is. */
  readonly isSet: string | undefined;
  /** Whether it tracks presence, so that a value that is not set is none. */
  readonly tracksPresence: boolean;
  /** The properties that lead to the value. */
  readonly local: readonly string[];
}

/** The {@link FieldAccess} of a field. */
export function accessField(field: DescField): FieldAccess {
  const name = fieldName(field.name);
  if (field.oneof !== undefined) {
    const oneof = fieldName(field.oneof.name);
    const isCase = `message.${oneof}?.$case === ${JSON.stringify(name)}`;
    return {
      value: `message.${oneof}.value`,
      isSet: isUnwrapped(field) ? `${isCase} && message.${oneof}.value !== undefined` : isCase,
      tracksPresence: true,
      local: [oneof, "value"],
    };
  }
  const value = `message.${name}`;
  const local = [name];
  if (field.fieldKind === "list")
    return { value, isSet: `${value}.length > 0`, tracksPresence: false, local };
  if (field.fieldKind === "map")
    return { value, isSet: `${mapSize(field)} > 0`, tracksPresence: false, local };
  if (field.presence === Presence.LEGACY_REQUIRED && field.message === undefined)
    return { value, isSet: undefined, tracksPresence: true, local };
  if (field.presence !== Presence.IMPLICIT || field.message !== undefined)
    return { value, isSet: `${value} !== undefined`, tracksPresence: true, local };
  return { value, isSet: isNotZero(valueTypeOf(field), value), tracksPresence: false, local };
}

/** Whether ts-proto has something else for the field's message, which may be undefined anywhere. */
export function isUnwrapped({ message }: DescField): boolean {
  return (
    message !== undefined &&
    (wrappedScalar(message) !== undefined || message.typeName === "google.protobuf.FieldMask")
  );
}

/** How many pairs the map in a field has. */
export function mapSize(field: DescField): string {
  const value = `message.${fieldName(field.name)}`;
  return mapForm(field) === "map" ? `${value}.size` : `Object.keys(${value}).length`;
}

/**
 * How ts-proto keeps the keys of a map: in a `Map`, or as properties of an object, which are
 * strings or once were numbers.
 */
export function mapForm(field: DescField): "map" | "strings" | "numbers" {
  const key = field.fieldKind === "map" ? field.mapKey : ScalarType.STRING;
  if (key === ScalarType.STRING) return "strings";
  return key === ScalarType.BOOL || isLong(key) ? "map" : "numbers";
}

/** An expression that is true when a value of a scalar or enum is not its type's zero. */
export function isNotZero(type: ValueType, value: string): string | undefined {
  if (type.kind === "message") return undefined;
  if (type.kind === "enum") return `(${value} as number) !== ${type.desc.values[0]?.number ?? 0}`;
  switch (type.scalar) {
    case ScalarType.STRING:
      return `${value} !== ""`;
    case ScalarType.BYTES:
      return `${value}.length > 0`;
    case ScalarType.BOOL:
      return value;
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return `!Object.is(${value}, 0)`; // negative zero is on the wire
    default:
      return `${value} !== ${isLong(type.scalar) ? "0n" : "0"}`;
  }
}

function isLong(scalar: ScalarType): boolean {
  return [
    ScalarType.INT64,
    ScalarType.UINT64,
    ScalarType.SINT64,
    ScalarType.FIXED64,
    ScalarType.SFIXED64,
  ].includes(scalar);
}
