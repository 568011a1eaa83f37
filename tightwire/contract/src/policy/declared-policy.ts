import type { DescField, DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { createFault, type Fault } from "../fault.js";
import { type OptionValue, readOption } from "../option.js";
import { readDuration } from "./duration.js";

/** What one policy option declares, and the place of each field in the source. */
export interface DeclaredPolicy {
  timeoutMs?: number;
  idleTimeoutMs?: number;
  /** By the name of the field, as `SourceCodeInfo.Location.path` counts from the desc. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

const METHOD_OPTION = "tightwire.policy.v1.method";
const SERVICE_OPTION = "tightwire.policy.v1.service";

const FIELDS: ReadonlyMap<string, "timeoutMs" | "idleTimeoutMs"> = new Map([
  ["timeout", "timeoutMs"],
  ["idle_timeout", "idleTimeoutMs"],
]);

/**
 * Reads the policy option of a method or service, as it is declared. Adds to `faults` each field
 * that is invalid or unknown, and leaves it out. Source: tightwire/policy/v1/policy.proto.
 */
export function readDeclaredPolicy(
  registry: Registry,
  desc: DescMethod | DescService,
  faults: Fault[],
): DeclaredPolicy {
  const option = desc.kind === "rpc" ? METHOD_OPTION : SERVICE_OPTION;
  const places = new Map<string, readonly number[]>();
  const declared: DeclaredPolicy = { places };
  const value = decodePolicy(registry, desc, option, faults);
  if (value === undefined) return declared;
  if (value.message.getUnknown()?.length)
    faults.push(
      createFault(desc, value.path, `(${option}) has a field that its message does not define`),
    );
  for (const field of value.message.fields) {
    if (!value.message.isSet(field)) continue;
    const path = [...value.path, field.number];
    places.set(field.name, path);
    const result = readField(value.message, field);
    const name = FIELDS.get(field.name);
    if (typeof result === "string" || name === undefined) {
      const reason = typeof result === "string" ? result : UNKNOWN_POLICY;
      faults.push(createFault(desc, path, `\`${field.name}\` ${reason}`));
    } else declared[name] = result;
  }
  return declared;
}

const UNKNOWN_POLICY =
  "is a policy that this version of Tightwire does not know; install the version that the imported policy.proto belongs to";

function decodePolicy(
  registry: Registry,
  desc: DescMethod | DescService,
  option: string,
  faults: Fault[],
): OptionValue | undefined {
  try {
    return readOption(registry, desc, option);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.push(createFault(desc, [], `(${option}) cannot be decoded: ${reason}`));
    return undefined;
  }
}

function readField(policy: ReflectMessage, field: DescField): number | string {
  if (!FIELDS.has(field.name)) return UNKNOWN_POLICY;
  if (field.message?.typeName !== "google.protobuf.Duration" || field.fieldKind !== "message")
    return "must be a google.protobuf.Duration";
  return readDuration(policy.get(field));
}
