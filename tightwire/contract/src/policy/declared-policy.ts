import type { DescField, DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { createFault, type Fault } from "../fault.js";
import { type OptionValue, readOption } from "../option.js";
import { readFieldValue } from "./field-value.js";
import { type MessageShape, POLICY_SHAPE } from "./policy-shape.js";

/** How a method may be repeated though it has effects, as declared. */
export interface DeclaredIdempotency {
  readonly key?: string;
  readonly fill?: boolean;
  readonly naturallyIdempotent?: boolean;
  readonly concurrentSafe?: boolean;
}

/** `retry`, as declared. */
export interface DeclaredRetry {
  readonly maxAttempts?: number;
  readonly attemptTimeoutMs?: number;
  readonly codes?: readonly string[];
  readonly initialBackoffMs?: number;
  readonly maxBackoffMs?: number;
}

/** `hedge`, as declared. */
export interface DeclaredHedge {
  readonly delayMs?: number;
  readonly maxAttempts?: number;
}

/** `fallback`, as declared. */
export interface DeclaredFallback {
  readonly vary?: readonly string[];
  readonly ignore?: readonly string[];
  readonly shared?: boolean;
  readonly onDeadline?: boolean;
  readonly singleFlight?: boolean;
  readonly maxAgeMs?: number;
}

/** `limits`, as declared. */
export interface DeclaredLimits {
  readonly maxInFlight?: number;
  readonly gradient?: { readonly min?: number; readonly max?: number };
  readonly maxRequestBytes?: number;
  readonly maxDurationMs?: number;
}

/** `access`, as declared. */
export interface DeclaredAccess {
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly anyone?: boolean;
}

/** What one policy option declares. Fields that are not set are absent. */
export interface PolicyValues {
  readonly timeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly idempotency?: DeclaredIdempotency;
  readonly retry?: DeclaredRetry;
  readonly hedge?: DeclaredHedge;
  readonly fallback?: DeclaredFallback;
  readonly limits?: DeclaredLimits;
  readonly access?: DeclaredAccess;
  readonly errors?: readonly string[];
}

/** What the policy option of a method or service declares, and where. */
export interface DeclaredPolicy {
  readonly desc: DescMethod | DescService;
  readonly values: PolicyValues;
  /**
   * The place of each field that is set, by its names in the contract (`retry.codes`), as
   * `SourceCodeInfo.Location.path` counts from the desc.
   */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

const METHOD_OPTION = "tightwire.policy.v1.method";
const SERVICE_OPTION = "tightwire.policy.v1.service";

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
  const reader = new PolicyReader(desc, option, faults);
  const value = decodePolicy(registry, desc, option, faults);
  const values =
    value === undefined ? {} : reader.read(value.message, POLICY_SHAPE, value.path, "");
  return { desc, values, places: reader.places };
}

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

const UNKNOWN_POLICY =
  "is a policy that this version of Tightwire does not know; install the version that the imported policy.proto belongs to";

/** Turns the message of a policy, and those inside it, into plain values. */
class PolicyReader {
  readonly places = new Map<string, readonly number[]>();
  readonly #desc: DescMethod | DescService;
  readonly #option: string;
  readonly #faults: Fault[];

  constructor(desc: DescMethod | DescService, option: string, faults: Fault[]) {
    this.#desc = desc;
    this.#option = option;
    this.#faults = faults;
  }

  /** The values of a message at a path, by the names that TypeScript code uses. */
  read(
    message: ReflectMessage,
    shape: MessageShape,
    path: readonly number[],
    prefix: string,
  ): PolicyValues {
    if (message.getUnknown()?.length)
      this.#report(path, `(${this.#option}) has a field that its message does not define`);
    const values: Record<string, unknown> = {};
    for (const field of message.fields) {
      if (!message.isSet(field)) continue;
      const name = `${prefix}${field.name}`;
      const at = [...path, field.number];
      this.places.set(name, at);
      const value = this.#readField(message, field, shape, at, name);
      if (value !== undefined) values[value.name] = value.value;
    }
    return values;
  }

  #readField(
    message: ReflectMessage,
    field: DescField,
    shape: MessageShape,
    path: readonly number[],
    name: string,
  ): { name: string; value: unknown } | undefined {
    const kind = Object.hasOwn(shape, field.name) ? shape[field.name] : undefined;
    if (kind === undefined) return this.#report(path, `\`${name}\` ${UNKNOWN_POLICY}`);
    const local = field.localName;
    if (typeof kind !== "string") {
      if (field.fieldKind !== "message") return this.#report(path, `\`${name}\` must be a message`);
      return { name: local, value: this.read(message.get(field), kind, path, `${name}.`) };
    }
    const read = readFieldValue(message, field, kind);
    if ("fault" in read) return this.#report(path, `\`${name}\` ${read.fault}`);
    return { name: kind === "duration" ? `${local}Ms` : local, value: read.value };
  }

  #report(path: readonly number[], text: string): undefined {
    this.#faults.push(createFault(this.#desc, path, text));
    return undefined;
  }
}
