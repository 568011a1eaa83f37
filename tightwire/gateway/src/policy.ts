import type { DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Policy } from "@tightwire/core";
import { readOption } from "@tightwire/routes";

/**
 * A method's policy out of its options: its own, completed by its service's, whose `timeout`
 * reaches unary methods only and whose `idle_timeout` streams only. For services that come without
 * generated code, where the plugin has done it. Source: tightwire/policy/v1/policy.proto.
 */
export function policyOf(method: DescMethod, registry: Registry): Policy {
  const own = optionOf(method, "tightwire.policy.v1.method", registry);
  const service = optionOf(method.parent, "tightwire.policy.v1.service", registry);
  if (method.methodKind === "unary") return withTimes(own.timeout ?? service.timeout, undefined);
  return withTimes(own.timeout, own.idle_timeout ?? service.idle_timeout);
}

function withTimes(timeoutMs: number | undefined, idleTimeoutMs: number | undefined): Policy {
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  };
}

/** The durations of a policy option that are set, in milliseconds. */
type Times = Partial<Record<"timeout" | "idle_timeout", number>>;

function optionOf(desc: DescMethod | DescService, name: string, registry: Registry): Times {
  const policy = readOption(registry, desc, name)?.message;
  const times: Times = {};
  for (const field of policy?.fields ?? []) {
    if (
      field.message?.typeName !== "google.protobuf.Duration" ||
      field.fieldKind !== "message" ||
      policy?.isSet(field) !== true
    )
      continue;
    if (field.name === "timeout" || field.name === "idle_timeout")
      times[field.name] = milliseconds(policy.get(field));
  }
  return times;
}

function milliseconds(duration: ReflectMessage): number {
  const { seconds, nanos } = duration.message as unknown as { seconds: bigint; nanos: number };
  return Number(seconds) * 1_000 + nanos / 1e6;
}
