/** What a service is told to be. */
export type ServingStatus = "serving" | "not_serving";

/**
 * The health of a server and its services; what grpc.health.v1 answers. The empty name is the
 * server as a whole.
 */
export interface HealthState {
  /** Undefined for a service that nobody added. */
  get(service: string): ServingStatus | undefined;
  /** Reports a service so, until it is set again; after a stop it stays not_serving. */
  set(service: string, status: ServingStatus): void;
  /** Everything is not_serving from now on. */
  shutDown(): void;
  /** Hears each change of a service; returns how to stop that. */
  watch(service: string, listener: (status: ServingStatus) => void): () => void;
}

/** Health that begins with the server itself serving. */
export function createHealthState(): HealthState {
  const statuses = new Map<string, ServingStatus>([["", "serving"]]);
  const watchers = new Map<string, Set<(status: ServingStatus) => void>>();
  let down = false;

  function tell(service: string, status: ServingStatus): void {
    if (statuses.get(service) === status) return;
    statuses.set(service, status);
    for (const listener of watchers.get(service) ?? []) listener(status);
  }

  return {
    get: (service) => statuses.get(service),
    set(service, status) {
      tell(service, down ? "not_serving" : status);
    },
    shutDown() {
      down = true;
      for (const service of [...statuses.keys()]) tell(service, "not_serving");
    },
    watch(service, listener) {
      const listeners = watchers.get(service) ?? new Set();
      watchers.set(service, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) watchers.delete(service);
      };
    },
  };
}
