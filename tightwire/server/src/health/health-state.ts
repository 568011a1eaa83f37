import { checkArgument, contain, type Report } from "@tightwire/core/runtime";

/** What health checks report of a service. */
export type ServingStatus = "serving" | "not_serving";

/**
 * The health of a server and its services, which `grpc.health.v1` reports. The empty name stands
 * for the server as a whole.
 */
export interface HealthState {
  /** The status of a service; undefined for one that was not added. */
  get(service: string): ServingStatus | undefined;
  /** Sets the status of a service. Once the server stops, every status stays not_serving. */
  set(service: string, status: ServingStatus): void;
  /**
   * Calls back on each change of a service's status; returns how to stop that. What the listener
   * throws is reported and changes nothing.
   */
  watch(service: string, listener: (status: ServingStatus) => void): () => void;
}

/** A server's health, and what only the server itself may do with it. */
export interface OwnedHealth {
  readonly health: HealthState;
  /** Makes everything not_serving for good. */
  readonly shutDown: () => void;
}

/** Makes health in which the server itself is serving. `report` hears what listeners throw. */
export function createHealth(report: Report): OwnedHealth {
  const statuses = new Map<string, ServingStatus>([["", "serving"]]);
  const watchers = new Map<string, Set<(status: ServingStatus) => void>>();
  let down = false;

  function change(service: string, status: ServingStatus): void {
    if (statuses.get(service) === status) return;
    statuses.set(service, status);
    for (const listener of watchers.get(service) ?? [])
      contain(
        () => listener(status),
        (thrown) => report(thrown, "a health listener", service),
      );
  }

  const health: HealthState = {
    get: (service) => statuses.get(service),
    set(service, status) {
      change(service, down ? "not_serving" : status);
    },
    watch(service, listener) {
      checkArgument("listener", listener, "function");
      const listeners = watchers.get(service) ?? new Set();
      watchers.set(service, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) watchers.delete(service);
      };
    },
  };
  return {
    health,
    shutDown() {
      down = true;
      for (const service of [...statuses.keys()]) change(service, "not_serving");
    },
  };
}
