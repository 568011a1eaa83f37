import type { ServiceDefinition } from "@tightwire/core";

const builtIns = new WeakSet<ServiceDefinition>();

/**
 * The same service as a built-in one, as health and reflection are. The server's interceptors do
 * not run for it, so that probes need no credentials. Its streams have no idle timeout: a client
 * that watches a health that does not change, or keeps a reflection stream open, hears nothing for
 * days.
 */
export function builtIn<Handlers, Client>(
  definition: ServiceDefinition<Handlers, Client>,
): ServiceDefinition<Handlers, Client> {
  const methods = Object.entries(definition.methods).map(([name, method]) => {
    const policy =
      method.kind === "unary"
        ? method.policy
        : { ...method.policy, idleTimeoutMs: Number.POSITIVE_INFINITY };
    return [name, { ...method, policy }] as const;
  });
  const made = { ...definition, methods: Object.fromEntries(methods) };
  builtIns.add(made);
  return made;
}

/** Whether {@link builtIn} made this definition. */
export function isBuiltIn(definition: ServiceDefinition): boolean {
  return builtIns.has(definition);
}
