import type { DescField, DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { createFault, type Fault } from "../fault.js";
import { tryReadOption } from "../option.js";
import { readFieldValue } from "./field-value.js";
import { type MessageShape, POLICY_SHAPE } from "./policy-shape.js";
import type {
  ResolvedAccess,
  ResolvedFallback,
  ResolvedHedge,
  ResolvedIdempotency,
  ResolvedLimits,
  ResolvedRetry,
} from "./resolved-policy.js";

/** `retry`, as declared: of its codes nothing is known yet. */
export type DeclaredRetry = Partial<Omit<ResolvedRetry, "codes">> & {
  readonly codes?: readonly string[];
};

/** `limits`, as declared. */
export type DeclaredLimits = Omit<ResolvedLimits, "gradient"> & {
  readonly gradient?: Partial<NonNullable<ResolvedLimits["gradient"]>>;
};

/** What one policy option declares. Fields that are not set are absent. */
export interface PolicyValues {
  readonly timeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly idempotency?: ResolvedIdempotency;
  readonly retry?: DeclaredRetry;
  readonly hedge?: Partial<ResolvedHedge>;
  readonly fallback?: Partial<ResolvedFallback>;
  readonly limits?: DeclaredLimits;
  readonly access?: Partial<ResolvedAccess>;
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
  const value = tryReadOption(registry, desc, option, faults);
  const values =
    value === undefined ? {} : reader.read(value.message, POLICY_SHAPE, value.path, "");
  return { desc, values, places: reader.places };
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
