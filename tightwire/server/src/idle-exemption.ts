import type { ServiceDefinition } from "@tightwire/core";

/**
 * A service whose streams may be silent for ever: who watches a health that does not change, or
 * keeps a reflection stream for its next question, hears nothing for days.
 */
export function exemptFromIdleTimeout<H, C>(
  definition: ServiceDefinition<H, C>,
): ServiceDefinition<H, C> {
  const methods = Object.entries(definition.methods).map(([name, method]) => {
    const policy =
      method.kind === "unary"
        ? method.policy
        : { ...method.policy, idleTimeoutMs: Number.POSITIVE_INFINITY };
    return [name, { ...method, policy }] as const;
  });
  return { ...definition, methods: Object.fromEntries(methods) };
}
