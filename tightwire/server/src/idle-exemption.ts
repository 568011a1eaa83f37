import type { ServiceDefinition } from "@tightwire/core";

/**
 * The same service without an idle timeout. Health and reflection use it: a client that
 * watches a health that does not change, or keeps a reflection stream open, hears nothing for days.
 */
export function exemptFromIdleTimeout<Handlers, Client>(
  definition: ServiceDefinition<Handlers, Client>,
): ServiceDefinition<Handlers, Client> {
  const methods = Object.entries(definition.methods).map(([name, method]) => {
    const policy =
      method.kind === "unary"
        ? method.policy
        : { ...method.policy, idleTimeoutMs: Number.POSITIVE_INFINITY };
    return [name, { ...method, policy }] as const;
  });
  return { ...definition, methods: Object.fromEntries(methods) };
}
