import {
  type DescEnum,
  type DescEnumValue,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescOneof,
  type DescService,
  getExtension,
  hasExtension,
  type Message,
  type Registry,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { createFault, type Fault } from "./fault.js";

/** The value of a message-typed option, and its place below what it is an option of. */
export interface OptionValue {
  readonly message: ReflectMessage;
  /** Continues the path of what it is an option of, as `SourceCodeInfo.Location.path` counts. */
  readonly path: readonly number[];
}

/** Where the options stand in each kind of descriptor. Source: descriptor.proto. */
const OPTIONS_FIELD = {
  rpc: 4,
  service: 3,
  enum: 3,
  enum_value: 3,
  message: 7,
  field: 8,
  oneof: 2,
} as const;

/** What can have a message-typed option. */
type Optioned = DescMethod | DescService | DescEnumValue | DescMessage | DescField | DescOneof;

/**
 * Reads a custom option by the full name of its extension. Undefined when it is not set, or when no
 * file of the contract imports it. Throws an Error when its bytes cannot be decoded.
 */
export function readOption(
  registry: Registry,
  desc: Optioned,
  name: string,
): OptionValue | undefined {
  const extension = registry.getExtension(name);
  const options = desc.proto.options;
  if (
    extension?.message === undefined ||
    options === undefined ||
    !hasExtension(options, extension)
  )
    return undefined;
  const value = getExtension(options, extension) as Message;
  return {
    message: reflect(extension.message, value),
    path: [OPTIONS_FIELD[desc.kind], extension.number],
  };
}

/**
 * As {@link readOption}, but never throws: bytes that cannot be decoded are a fault, and the option
 * then counts as not set.
 */
export function tryReadOption(
  registry: Registry,
  desc: Optioned,
  name: string,
  faults: Fault[],
): OptionValue | undefined {
  try {
    return readOption(registry, desc, name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.push(createFault(desc, [], `(${name}) cannot be decoded: ${reason}`));
    return undefined;
  }
}

/**
 * Reads a custom option of an enum that is a string, by the full name of its extension; undefined
 * as for {@link readOption}.
 */
export function readTextOption(
  registry: Registry,
  desc: DescEnum,
  name: string,
): { readonly text: string; readonly path: readonly number[] } | undefined {
  const extension = registry.getExtension(name);
  const options = desc.proto.options;
  if (extension === undefined || options === undefined || !hasExtension(options, extension))
    return undefined;
  const value: unknown = getExtension(options, extension);
  return { text: String(value), path: [OPTIONS_FIELD[desc.kind], extension.number] };
}
