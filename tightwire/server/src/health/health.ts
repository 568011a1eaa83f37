import { RpcError, type ServiceDefinition } from "@tightwire/core";
import { builtIn } from "../built-in.js";
import { HealthCheckResponse_ServingStatus as Status } from "../gen/health/v1/health.js";
import { Health, type HealthClient, type HealthHandlers } from "../gen/health/v1/health.service.js";
import { implement } from "../implement.js";
import type { Server } from "../server.js";
import type { ServingStatus } from "./health-state.js";

/**
 * `grpc.health.v1.Health`, for clients that ask a server for its health:
 * `createClient(HealthService, channel)`.
 */
export const HealthService: ServiceDefinition<HealthHandlers, HealthClient> = builtIn(Health);

/** The status of a service as the protocol names it. */
export const HealthStatus: typeof Status = Status;

export type { HealthClient, HealthHandlers };

/** Serves `grpc.health.v1` from the server's own health. Call it before the server listens. */
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
          new RpcError("not_found", `unknown service ${JSON.stringify(service)}`),
        );
      return Promise.resolve({ status: wireStatus(status) });
    },

    async *watch({ service }, call) {
      let wake = (): void => {};
      const changed = (): void => wake();
      const unwatch = health.watch(service, changed);
      // A watcher must see NOT_SERVING before its stream finishes, so this waits for the drain.
      call.draining.addEventListener("abort", changed);
      call.signal.addEventListener("abort", changed);
      try {
        let sent: number | undefined;
        for (;;) {
          const status = wireStatus(health.get(service));
          if (status !== sent) {
            yield { status };
            sent = status;
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
