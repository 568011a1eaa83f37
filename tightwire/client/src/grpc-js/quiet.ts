import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";

/** Environment variables that turn on the log of grpc-js. */
const VARIABLES: readonly string[] = [
  "GRPC_VERBOSITY",
  "GRPC_NODE_VERBOSITY",
  "GRPC_TRACE",
  "GRPC_NODE_TRACE",
];

let silenced = false;

/**
 * Silences the log of grpc-js, once for the process, unless one of its environment variables is
 * set. By default grpc-js prints to stderr (a failed bind, a bad header), and callers get all of it
 * as errors. To turn it on in code, call grpc-js's `setLogVerbosity` after the first transport was
 * made.
 */
export function silenceGrpcJs(): void {
  if (silenced) return;
  silenced = true;
  if (VARIABLES.every((name) => process.env[name] === undefined))
    setLogVerbosity(logVerbosity.NONE);
}
