import type { PartialMessage } from "../definition.js";
import { RpcError } from "../error.js";
import { SYSTEM } from "../system.js";
import { localPath } from "./field-path.js";
import { validate } from "./validate.js";
import type { Check, Violation } from "./violations.js";

/**
 * A message's rules in the form that form libraries and others take. Source: Standard Schema 1,
 * standardschema.dev.
 */
export interface MessageSchema<T> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "tightwire";
    /** Never throws. The value may be a message in part; the result is a whole one. */
    readonly validate: (value: unknown) => SchemaResult<T>;
    /** Never set: carries the two types. */
    readonly types?: { readonly input: PartialMessage<T>; readonly output: T } | undefined;
  };
}

/** The result of a check: the message, or what is wrong with it. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  /** In TypeScript's names: `["lines", 0, "productId"]`. */
  readonly path?: readonly (string | number)[];
}

/** What a schema needs of a message's codec. */
export interface SchemaCodec<T> {
  encode(message: T): Uint8Array;
  create(partial: never): T;
}

/**
 * Makes the {@link MessageSchema} of a message. `check` has its rules; without one every message
 * passes that can be encoded.
 */
export function messageSchema<T>(
  codec: SchemaCodec<T>,
  check: Check<T> | undefined,
): MessageSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "tightwire",
      validate: (value) => validateUnknown(codec, check, value),
    },
  };
}

function validateUnknown<T>(
  codec: SchemaCodec<T>,
  check: Check<T> | undefined,
  value: unknown,
): SchemaResult<T> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { issues: [{ message: `must be an object (got ${kindOf(value)})` }] };
  try {
    const message = codec.create(value as never);
    codec.encode(message); // refuses values of other types than the contract's
    const broken = check === undefined ? undefined : validate(check, message, SYSTEM.clock);
    return broken === undefined ? { value: message } : { issues: broken.violations.map(issueOf) };
  } catch (error) {
    return { issues: [{ message: RpcError.from(error).message }] };
  }
}

function issueOf({ path, message, forKey }: Violation): SchemaIssue {
  return { message: forKey ? `the key ${message}` : message, path: localPath(path) };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
