import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";

/** The environment variables that turn grpc-js's own log on. */
const LOG_VARIABLES: readonly string[] = [
  "GRPC_VERBOSITY",
  "GRPC_NODE_VERBOSITY",
  "GRPC_TRACE",
  "GRPC_NODE_TRACE",
];

let silenced = false;

/**
 * Silences grpc-js's own log, once a process, unless one of its environment variables is set. By
 * default grpc-js prints to stderr (a failed bind, a bad header), and everything it prints reaches
 * callers as errors. To turn the log on in code, call grpc-js's `setLogVerbosity` after making the
 * first transport.
 */
export function silenceGrpcJs(): void {
  if (silenced) return;
  silenced = true;
  if (LOG_VARIABLES.every((name) => process.env[name] === undefined))
    setLogVerbosity(logVerbosity.NONE);
}
