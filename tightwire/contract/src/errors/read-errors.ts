import type { DescEnum, DescFile, DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import { createFault, type Fault } from "../fault.js";
import { type DeclaredPolicy, readDeclaredPolicy } from "../policy/declared-policy.js";
import { reportDeclared } from "../policy/policy-context.js";
import type { DeclaredError } from "./declared-error.js";
import { readErrorEnum } from "./error-enum.js";

/** The declared errors of a service's methods, and the faults in how they are named. */
export interface MethodErrors {
  /** By the name of the method in the contract, in the order of their enums. */
  readonly errors: ReadonlyMap<string, readonly DeclaredError[]>;
  readonly faults: readonly Fault[];
}

/**
 * The errors that a service's methods may return: the service's and each one's own. Faults of the
 * enums themselves are told by {@link findErrorEnumFaults}. Never throws for what a contract says.
 */
export function readErrors(registry: FileRegistry, service: DescService): MethodErrors {
  const faults: Fault[] = [];
  const known = new KnownErrors(registry, service.file.proto.package);
  const inherited = resolveNames(known, readDeclaredPolicy(registry, service, []), faults);
  const errors = service.methods.map((method): [string, readonly DeclaredError[]] => {
    const own = resolveNames(known, readDeclaredPolicy(registry, method, []), faults);
    return [method.name, withoutRepeated(method, [...inherited, ...own], faults)];
  });
  return { errors: new Map(errors), faults };
}

/** What is wrong with the error enums of these files, and reasons that a package has twice. */
export function findErrorEnumFaults(registry: FileRegistry, files: readonly DescFile[]): Fault[] {
  const faults: Fault[] = [];
  const names = new Map<string, DeclaredError>();
  for (const file of files)
    for (const error of file.enums.flatMap((one) => readErrorEnum(registry, one, faults) ?? [])) {
      const name = `${file.proto.package} ${error.reason}`;
      const earlier = names.get(name);
      if (earlier === undefined) names.set(name, error);
      else
        faults.push(
          createFault(
            error.value,
            [],
            `has the same reason as ${earlier.value.name} of this package: ${error.reason}`,
          ),
        );
    }
  return faults;
}

function resolveNames(
  known: KnownErrors,
  declared: DeclaredPolicy,
  faults: Fault[],
): readonly DeclaredError[] {
  return (declared.values.errors ?? []).flatMap((name) => {
    const found = known.find(name);
    if (found !== undefined) return found;
    reportDeclared(declared, faults, known.explainMissing(name), "errors");
    return [];
  });
}

function withoutRepeated(
  method: DescMethod,
  errors: readonly DeclaredError[],
  faults: Fault[],
): readonly DeclaredError[] {
  const byReason = new Map<string, DeclaredError>();
  for (const error of errors) {
    const earlier = byReason.get(error.reason);
    if (earlier === undefined) byReason.set(error.reason, error);
    else if (earlier.value !== error.value)
      faults.push(
        createFault(
          method,
          [],
          `has two errors with the reason ${error.reason}: of ${earlier.value.parent.typeName} and of ` +
            error.value.parent.typeName,
        ),
      );
  }
  return [...byReason.values()];
}

/** The errors that methods of a package can name. */
class KnownErrors {
  readonly #package: string;
  readonly #own = new Map<string, DeclaredError>();
  readonly #all = new Map<string, DeclaredError>();

  constructor(registry: FileRegistry, packageName: string) {
    this.#package = packageName;
    for (const file of registry.files)
      for (const error of errorsOf(registry, file.enums)) {
        this.#all.set(fullName(file, error), error);
        if (file.proto.package === packageName && !this.#own.has(error.reason))
          this.#own.set(error.reason, error);
      }
  }

  find(name: string): DeclaredError | undefined {
    return name.includes(".") ? this.#all.get(name) : this.#own.get(name);
  }

  explainMissing(name: string): string {
    if (name.includes("."))
      return `\`errors\` names no declared error: ${name}; the full name of a value is its package and its name`;
    const reasons = [...this.#own.keys()].join(", ");
    return (
      `\`errors\` names no declared error of ${this.#package}: ${name}; ` +
      (reasons === "" ? "it has no enum of errors" : `it has ${reasons}`)
    );
  }
}

function errorsOf(registry: FileRegistry, enums: readonly DescEnum[]): DeclaredError[] {
  return enums.flatMap((one) => readErrorEnum(registry, one, []) ?? []);
}

/** Values of an enum are named beside it, not below it. */
function fullName({ proto }: DescFile, { value }: DeclaredError): string {
  return proto.package === "" ? value.name : `${proto.package}.${value.name}`;
}
