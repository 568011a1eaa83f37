import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { PathTemplate } from "./path-template.js";

/** A variable of the path, with the fields that lead to the one that takes it. */
export interface RouteVariable {
  /** From the request to a singular scalar or enum field. */
  readonly path: readonly DescField[];
  readonly start: number;
  readonly end: number;
  readonly multiple: boolean;
}

/** How one method is called over HTTP: a binding of `google.api.http` that holds. */
export interface Route {
  readonly method: DescMethod;
  /** 0 for the rule itself, then its `additional_bindings` in order. */
  readonly index: number;
  /** GET, PUT, POST, DELETE, PATCH, another HTTP method, or `*` for any. */
  readonly verb: string;
  readonly template: PathTemplate;
  readonly variables: readonly RouteVariable[];
  /** What of the request the body holds: nothing, all that the path does not, or one field. */
  readonly body: "none" | "all" | DescField;
  /** The field of the response that is the answer's body; undefined for all of it. */
  readonly responseBody: DescField | undefined;
}

/** `shop.catalog.v1.CatalogService.GetProduct`, for sentences. */
export function nameOfMethod({ parent, name }: DescMethod): string {
  return `${parent.typeName}.${name}`;
}

const OWN_JSON: ReadonlySet<string> = new Set(
  ["Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue", "Any"]
    .concat(
      ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"].map(
        (type) => `${type}Value`,
      ),
    )
    .map((name) => `google.protobuf.${name}`),
);

/**
 * Whether protobuf's JSON has a form of its own for a message, in which its fields have no names.
 * Source: protobuf.dev, "ProtoJSON Format".
 */
export function hasOwnJson({ typeName }: DescMessage): boolean {
  return OWN_JSON.has(typeName);
}

/**
 * Follows a path of field names, as the contract or JSON spells them; what it reached, or a
 * sentence that says where it cannot go on: below a single value, a list or a map, and below a
 * message that {@link hasOwnJson}.
 */
export function findField(message: DescMessage, path: string): readonly DescField[] | string {
  const found: DescField[] = [];
  let within: DescMessage | undefined = message;
  for (const name of path.split(".")) {
    if (within === undefined) return `${found.at(-1)?.name} holds no fields`;
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
