import {
  type DescMethod,
  type DescService,
  getExtension,
  hasExtension,
  type Message,
  type Registry,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";

/** The value of a message-typed option, and its place below its method or service. */
export interface OptionValue {
  readonly message: ReflectMessage;
  /** Continues the path of the method or service, as `SourceCodeInfo.Location.path` counts. */
  readonly path: readonly number[];
}

// Field numbers of descriptor.proto: MethodDescriptorProto.options and
// ServiceDescriptorProto.options.
const METHOD_OPTIONS = 4;
const SERVICE_OPTIONS = 3;

/**
 * Reads a custom option by the full name of its extension. Undefined when it is not set, or when no
 * file of the contract imports it. Throws an Error when its bytes cannot be decoded.
 */
export function readOption(
  registry: Registry,
  desc: DescMethod | DescService,
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
    path: [desc.kind === "rpc" ? METHOD_OPTIONS : SERVICE_OPTIONS, extension.number],
  };
}
