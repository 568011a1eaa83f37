import type { DescField, DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { type OptionValue, readOption } from "@tightwire/routes";
import { readDuration } from "./duration.js";
import { createFault, type Fault } from "./fault.js";

/**
 * A resolved policy as the generated file writes it; the same fields as `Policy` of
 * `@tightwire/core`.
 */
export interface ResolvedPolicy {
  timeoutMs?: number;
  idleTimeoutMs?: number;
}

/** What a policy option says, in milliseconds, and where each field stands in the source. */
interface DeclaredPolicy extends ResolvedPolicy {
  readonly places: ReadonlyMap<string, readonly number[]>;
}

const FIELDS: ReadonlyMap<string, "timeoutMs" | "idleTimeoutMs"> = new Map([
  ["timeout", "timeoutMs"],
  ["idle_timeout", "idleTimeoutMs"],
]);

/** The policy of a service's options, read once a service; its faults are added to `faults`. */
export function readServicePolicy(
  registry: FileRegistry,
  service: DescService,
  faults: Fault[],
): ResolvedPolicy {
  return readPolicy(registry, service, "tightwire.policy.v1.service", faults);
}

/**
 * A method's policy: its own, completed by its service's. A service's `timeout` reaches its unary
 * methods only and its `idle_timeout` its streams only. What contradicts itself is added to
 * `faults`.
 */
export function resolvePolicy(
  registry: FileRegistry,
  method: DescMethod,
  service: ResolvedPolicy,
  faults: Fault[],
): ResolvedPolicy {
  const own = readPolicy(registry, method, "tightwire.policy.v1.method", faults);
  const resolved: ResolvedPolicy = {};
  if (method.methodKind === "unary") {
    if (own.idleTimeoutMs !== undefined) {
      const text = "`idle_timeout` is for streaming methods, and this one is unary; use `timeout`";
      faults.push(createFault(method, own.places.get("idle_timeout") ?? [], text));
    }
    const timeoutMs = own.timeoutMs ?? service.timeoutMs;
    if (timeoutMs !== undefined) resolved.timeoutMs = timeoutMs;
    return resolved;
  }
  if (own.timeoutMs !== undefined) resolved.timeoutMs = own.timeoutMs;
  if (
    own.timeoutMs !== undefined &&
    own.idleTimeoutMs !== undefined &&
    own.idleTimeoutMs >= own.timeoutMs
  ) {
    const text = `\`idle_timeout\` (${own.idleTimeoutMs} ms) must be less than \`timeout\` (${own.timeoutMs} ms), or it never ends a stream`;
    faults.push(createFault(method, own.places.get("idle_timeout") ?? [], text));
  }
  const idleTimeoutMs = own.idleTimeoutMs ?? service.idleTimeoutMs;
  if (idleTimeoutMs !== undefined) resolved.idleTimeoutMs = idleTimeoutMs;
  return resolved;
}

function readPolicy(
  registry: FileRegistry,
  desc: DescMethod | DescService,
  option: string,
  faults: Fault[],
): DeclaredPolicy {
  const places = new Map<string, readonly number[]>();
  const declared: DeclaredPolicy = { places };
  const value = decodePolicy(registry, desc, option, faults);
  if (value === undefined) return declared;
  if (value.message.getUnknown()?.length)
    faults.push(
      createFault(desc, value.path, `(${option}) holds a field that its message does not have`),
    );
  for (const field of value.message.fields) {
    if (!value.message.isSet(field)) continue;
    const path = [...value.path, field.number];
    places.set(field.name, path);
    const result = readField(value.message, field);
    const name = FIELDS.get(field.name);
    if (typeof result === "string" || name === undefined) {
      faults.push(
        createFault(
          desc,
          path,
          `\`${field.name}\` ${typeof result === "string" ? result : NOT_KNOWN}`,
        ),
      );
    } else declared[name] = result;
  }
  return declared;
}

const NOT_KNOWN =
  "is a policy that this protoc-gen-tightwire does not know; install the one that belongs to the imported policy.proto";

function decodePolicy(
  registry: FileRegistry,
  desc: DescMethod | DescService,
  option: string,
  faults: Fault[],
): OptionValue | undefined {
  try {
    return readOption(registry, desc, option);
  } catch (error) {
    faults.push(
      createFault(
        desc,
        [],
        `(${option}) cannot be decoded: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
    return undefined;
  }
}

function readField(policy: ReflectMessage, field: DescField): number | string {
  if (!FIELDS.has(field.name)) return NOT_KNOWN;
  if (field.message?.typeName !== "google.protobuf.Duration" || field.fieldKind !== "message")
    return "must be a google.protobuf.Duration";
  return readDuration(policy.get(field));
}
