import type { DescEnum, DescEnumValue, Registry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { createFault, type Fault } from "../fault.js";
import { readTextOption, tryReadOption } from "../option.js";
import type { DeclaredError } from "./declared-error.js";

const DOMAIN_OPTION = "tightwire.errors.v1.domain";
const ERROR_OPTION = "tightwire.errors.v1.error";

/** Source: google/rpc/error_details.proto, ErrorInfo. */
const REASON = /^[A-Z][A-Z0-9_]+[A-Z0-9]$/;
const MAX_REASON_LENGTH = 63;

/**
 * The errors that an enum declares; undefined when it is no list of errors. Adds what is wrong with
 * it to `faults`, and leaves those errors out. Source: tightwire/errors/v1/errors.proto.
 */
export function readErrorEnum(
  registry: Registry,
  desc: DescEnum,
  faults: Fault[],
): readonly DeclaredError[] | undefined {
  const domain = readTextOption(registry, desc, DOMAIN_OPTION);
  if (domain === undefined) {
    const value = desc.values.find(
      (one) => tryReadOption(registry, one, ERROR_OPTION, faults) !== undefined,
    );
    if (value !== undefined)
      faults.push(createFault(value, [], `is an error, but its enum has no (${DOMAIN_OPTION})`));
    return undefined;
  }
  if (domain.text.trim() === "")
    faults.push(createFault(desc, domain.path, `(${DOMAIN_OPTION}) must not be empty`));
  return desc.values.flatMap((value) => readError(registry, value, domain.text, faults) ?? []);
}

function readError(
  registry: Registry,
  value: DescEnumValue,
  domain: string,
  faults: Fault[],
): DeclaredError | undefined {
  const report = (text: string, path: readonly number[] = []): undefined =>
    void faults.push(createFault(value, path, text));
  const option = tryReadOption(registry, value, ERROR_OPTION, faults);
  if (value.number === 0)
    return option === undefined
      ? undefined
      : report(`is zero, which no error may be: leave (${ERROR_OPTION}) out`, option.path);
  if (option === undefined) return report(`needs (${ERROR_OPTION}) with a code`);
  const code = fieldOf(option.message, "code");
  const number = code === undefined ? 0 : Number(option.message.get(code));
  const name = code?.enum?.values.find((one) => one.number === number)?.name;
  if (number === 0 || name === undefined)
    return report("needs a `code` other than OK", option.path);
  const reason = value.localName;
  if (!REASON.test(reason) || reason.length > MAX_REASON_LENGTH)
    return report(
      `has the reason ${JSON.stringify(reason)}, which must be capitals, digits and underscores, ` +
        `${MAX_REASON_LENGTH} at most`,
    );
  const detailField = fieldOf(option.message, "detail");
  const typeName = detailField === undefined ? "" : String(option.message.get(detailField));
  const detail = typeName === "" ? undefined : registry.getMessage(typeName);
  if (typeName !== "" && detail === undefined)
    return report(`\`detail\` names no message of the contract: ${typeName}`, [
      ...option.path,
      detailField?.number ?? 0,
    ]);
  return { reason, domain, code: name.toLowerCase(), detail, value };
}

function fieldOf(
  message: ReflectMessage,
  name: string,
): ReflectMessage["fields"][number] | undefined {
  return message.fields.find((field) => field.name === name);
}
