import {
  create,
  type DescField,
  type DescMessage,
  type DescOneof,
  type FileRegistry,
  ScalarType,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { bytesOf, type GoElement, type GoExpression } from "./go-literal.js";

/** Reads a message, `&cases.StringConst{Val: "foo"}`. Throws for what it cannot read. */
export function readMessage(expression: GoExpression, registry: FileRegistry): ReflectMessage {
  if (expression.kind === "call" && expression.name.startsWith("wrapperspb.")) {
    const desc = findMessage(registry, `${expression.name}Value`);
    const message = reflect(desc, create(desc));
    set(message, fieldBy(desc, "Value"), expression.arguments[0], registry);
    return message;
  }
  if (expression.kind !== "composite") throw new Error("a message that is computed");
  return fill(findMessage(registry, expression.type), expression.elements, registry);
}

function fill(
  desc: DescMessage,
  elements: readonly GoElement[],
  registry: FileRegistry,
): ReflectMessage {
  const message = reflect(desc, create(desc));
  for (const { key, value } of elements) {
    if (key?.kind !== "name") throw new Error("a message without names of fields");
    const oneof = desc.oneofs.find(({ name }) => goName(name) === key.name);
    if (oneof !== undefined) setOneof(message, oneof, value, registry);
    else set(message, fieldBy(desc, key.name), value, registry);
  }
  return message;
}

/** `O: &cases.Oneof_X{X: "foo"}` */
function setOneof(
  message: ReflectMessage,
  oneof: DescOneof,
  value: GoExpression,
  registry: FileRegistry,
): void {
  if (value.kind !== "composite") throw new Error("a oneof that is computed");
  const [element] = value.elements;
  const member = oneof.fields.find(({ name }) =>
    element?.key?.kind === "name"
      ? goName(name) === element.key.name
      : value.type.endsWith(`_${goName(name)}`),
  );
  if (member === undefined) throw new Error(`the oneof ${oneof.name} as ${value.type}`);
  if (element !== undefined) set(message, member, element.value, registry);
  else message.set(member, emptyOf(member));
}

function emptyOf(member: DescField): Scalar {
  if (member.fieldKind === "enum") return 0;
  if (member.fieldKind !== "scalar") throw new Error("an empty member that is a message");
  return scalar(member.scalar, { kind: "number", text: "0" });
}

function set(
  message: ReflectMessage,
  desc: DescField,
  value: GoExpression | undefined,
  registry: FileRegistry,
): void {
  if (value === undefined) throw new Error("a value that is missing");
  if (value.kind === "name" && value.name === "nil") return;
  switch (desc.fieldKind) {
    case "list":
      for (const element of elementsOf(value, desc))
        message.get(desc).add(one(desc, element, registry) as never);
      return;
    case "map":
      if (value.kind !== "composite") throw new Error("a map that is computed");
      for (const { key, value: inner } of value.elements)
        message
          .get(desc)
          .set(scalar(desc.mapKey, key) as never, one(desc, inner, registry) as never);
      return;
    default:
      message.set(desc, one(desc, value, registry) as never);
  }
}

function elementsOf(value: GoExpression, desc: DescField): readonly GoExpression[] {
  if (value.kind !== "composite") throw new Error(`the list ${desc.name} is computed`);
  return value.elements.map((element) => element.value);
}

/** A single value: of the field itself, of its items or of its pairs. */
function one(desc: DescField, value: GoExpression, registry: FileRegistry): unknown {
  if (desc.message !== undefined) {
    if (value.kind === "composite" && value.type === "")
      return fill(desc.message, value.elements, registry);
    return readMessage(value, registry);
  }
  if (desc.enum !== undefined) {
    const { values } = desc.enum;
    if (value.kind === "name" && value.name.includes("_")) {
      const found = values.find(({ name }) => value.name.endsWith(`_${name}`));
      if (found === undefined) throw new Error(`the enum value ${value.name}`);
      return found.number;
    }
    return Number(numberOf(value));
  }
  return scalar(desc.scalar as ScalarType, value);
}

type Scalar = string | number | bigint | boolean | Uint8Array;

function scalar(type: ScalarType, value: GoExpression | undefined): Scalar {
  switch (type) {
    case ScalarType.STRING:
      return textOf(value);
    case ScalarType.BYTES:
      return bytes(value);
    case ScalarType.BOOL:
      return (unwrap(value) as { name?: string }).name === "true";
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return BigInt(numberOf(value));
    default:
      return Number(numberOf(value));
  }
}

/** Without `proto.String(…)`, `int32(…)` and the like around it. */
function unwrap(value: GoExpression | undefined): GoExpression {
  if (value === undefined) throw new Error("a value that is missing");
  if (value.kind !== "call" || value.name === "math.NaN" || value.name === "math.Inf") return value;
  const [inner, ...more] = value.arguments;
  const wraps = /^proto\.|^(?:u?int|float|fixed)\d+$|^\[\]byte$|^string$/.test(value.name);
  if (!wraps || inner === undefined || more.length > 0) throw new Error(`the call ${value.name}`);
  return unwrap(inner);
}

function textOf(value: GoExpression | undefined): string {
  const inner = unwrap(value);
  if (inner.kind === "operation" && inner.operator === "+") return inner.of.map(textOf).join("");
  if (inner.kind === "number" && inner.text === "0") return "";
  if (inner.kind !== "text") throw new Error("a text that is computed");
  const encoded = bytesOf(inner.text);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(encoded);
}

function bytes(value: GoExpression | undefined): Uint8Array {
  const inner = unwrap(value);
  if (inner.kind === "text") return bytesOf(inner.text);
  if (inner.kind === "number" && inner.text === "0") return new Uint8Array();
  if (inner.kind === "composite")
    return Uint8Array.from(inner.elements.map((element) => byteOf(element.value)));
  throw new Error("bytes that are computed");
}

function byteOf(value: GoExpression): number {
  return value.kind === "text" ? (bytesOf(value.text)[0] ?? 0) : Number(numberOf(value));
}

const LIMITS: Readonly<Record<string, bigint>> = {
  "math.MaxInt32": 2n ** 31n - 1n,
  "math.MinInt32": -(2n ** 31n),
  "math.MaxInt64": 2n ** 63n - 1n,
  "math.MinInt64": -(2n ** 63n),
  "math.MaxUint32": 2n ** 32n - 1n,
  "math.MaxUint64": 2n ** 64n - 1n,
};

function numberOf(value: GoExpression | undefined): bigint | number {
  const inner = unwrap(value);
  if (inner.kind === "call") {
    if (inner.name === "math.NaN") return Number.NaN;
    return Number(numberOf(inner.arguments[0])) * Number.POSITIVE_INFINITY;
  }
  if (inner.kind === "number")
    return /^(0[xX])?[\da-fA-F]+$/.test(inner.text) ? BigInt(inner.text) : Number(inner.text);
  if (inner.kind === "name" && inner.name in LIMITS) return LIMITS[inner.name] as bigint;
  if (inner.kind === "operation" && inner.of.length === 1) return negate(numberOf(inner.of[0]));
  throw new Error("a number that is computed");
}

function negate(value: bigint | number): bigint | number {
  return typeof value === "bigint" && value !== 0n ? -value : -Number(value);
}

function fieldBy(desc: DescMessage, name: string): DescField {
  const found = desc.fields.find((one) => goName(one.name) === name);
  if (found === undefined) throw new Error(`${desc.typeName} has no field ${name}`);
  return found;
}

/** `cases.Outer_Inner` is `buf.validate.conformance.cases.Outer.Inner`. */
function findMessage(registry: FileRegistry, type: string): DescMessage {
  const [alias = "", name = ""] = type.split(".");
  for (const desc of registry)
    if (
      desc.kind === "message" &&
      goTypeName(desc) === name &&
      isPackage(alias, desc.file.proto.package)
    )
      return desc;
  throw new Error(`no message ${type}`);
}

function goTypeName({ name, parent }: DescMessage): string {
  return parent === undefined ? goName(name) : `${goTypeName(parent)}_${goName(name)}`;
}

function isPackage(alias: string, name: string): boolean {
  return alias.endsWith("pb") ? name === "google.protobuf" : name.split(".").at(-1) === alias;
}

/** As protoc-gen-go names a field or a message: `under_and_1_number` is `UnderAnd_1Number`. */
function goName(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
