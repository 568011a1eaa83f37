import { RpcError, type ServiceDefinition } from "@tightwire/core";
import { HealthCheckResponse_ServingStatus as Status } from "./gen/health/v1/health.js";
import { Health, type HealthClient, type HealthHandlers } from "./gen/health/v1/health.service.js";
import type { ServingStatus } from "./health-state.js";
import { exemptFromIdleTimeout } from "./idle-exemption.js";
import { implement } from "./implement.js";
import type { Server } from "./server.js";

/**
 * `grpc.health.v1.Health`, for clients that ask a server how it is:
 * `createClient(HealthService, channel)`.
 */
export const HealthService: ServiceDefinition<HealthHandlers, HealthClient> =
  exemptFromIdleTimeout(Health);

/** The state of a service as the protocol names it. */
export const HealthStatus: typeof Status = Status;

export type { HealthClient };

/**
 * Serves `grpc.health.v1` out of the server's own health state. Add it before the server listens.
 */
export function addHealth(server: Server): void {
  server.add(HealthService, implement(HealthService, createHealthHandlers(server)));
}

function createHealthHandlers(server: Server): HealthHandlers {
  const { health } = server;
  return {
    check({ service }) {
      const status = health.get(service);
      if (status === undefined)
        return Promise.reject(
          new RpcError("not_found", `no service ${JSON.stringify(service)} is served here`),
        );
      return Promise.resolve({ status: wireStatus(status) });
    },

    async *watch({ service }, call) {
      let wake = (): void => {};
      const changed = (): void => wake();
      const unwatch = health.watch(service, changed);
      // A watcher is to see NOT_SERVING and then the end, so it waits for the drain by itself.
      call.draining.addEventListener("abort", changed);
      call.signal.addEventListener("abort", changed);
      try {
        let told: number | undefined;
        for (;;) {
          const status = wireStatus(health.get(service));
          if (status !== told) {
            yield { status };
            told = status;
          } else if (call.draining.aborted || call.signal.aborted) return;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        unwatch();
        call.draining.removeEventListener("abort", changed);
        call.signal.removeEventListener("abort", changed);
      }
    },

    list() {
      const names = ["", ...server.services.map(({ name }) => name)];
      return Promise.resolve({
        statuses: Object.fromEntries(
          names.map((name) => [name, { status: wireStatus(health.get(name)) }]),
        ),
      });
    },
  };
}

function wireStatus(status: ServingStatus | undefined): Status {
  if (status === undefined) return Status.SERVICE_UNKNOWN;
  return status === "serving" ? Status.SERVING : Status.NOT_SERVING;
}
