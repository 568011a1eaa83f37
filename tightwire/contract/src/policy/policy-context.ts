import type { DescMethod } from "@bufbuild/protobuf";
import { createFault, type Fault } from "../fault.js";
import { type IdempotencyLevel, readIdempotency } from "../idempotency/idempotency.js";
import type { DeclaredPolicy, PolicyValues } from "./declared-policy.js";

/** A method whose policy is resolved: what it and its service declare, and where faults go. */
export class PolicyContext {
  readonly method: DescMethod;
  readonly level: IdempotencyLevel;
  readonly own: PolicyValues;
  readonly service: PolicyValues;
  readonly #declared: DeclaredPolicy;
  readonly #faults: Fault[];

  constructor(method: DescMethod, own: DeclaredPolicy, service: DeclaredPolicy, faults: Fault[]) {
    this.method = method;
    this.level = readIdempotency(method);
    this.own = own.values;
    this.service = service.values;
    this.#declared = own;
    this.#faults = faults;
  }

  get isUnary(): boolean {
    return this.method.methodKind === "unary";
  }

  /** Whether the contract says that calls may be repeated. */
  get isRepeatable(): boolean {
    return this.level !== "unknown";
  }

  /** Reports a fault at the first of these fields that the method sets, else at the method. */
  report(text: string, ...names: readonly string[]): void {
    reportDeclared(this.#declared, this.#faults, text, ...names);
  }
}

/** Reports a fault of what an option declares, at the first of these fields that it sets. */
export function reportDeclared(
  { desc, places }: DeclaredPolicy,
  faults: Fault[],
  text: string,
  ...names: readonly string[]
): void {
  const name = names.find((one) => places.has(one));
  faults.push(createFault(desc, name === undefined ? [] : (places.get(name) ?? []), text));
}
