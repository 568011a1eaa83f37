import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";

/** What turns grpc-js's own log on: who sets one of these wants to read it. */
const ASKED_FOR: readonly string[] = [
  "GRPC_VERBOSITY",
  "GRPC_NODE_VERBOSITY",
  "GRPC_TRACE",
  "GRPC_NODE_TRACE",
];

let silenced = false;

/**
 * Silences grpc-js's own log, once a process, unless one of its environment variables asks for it:
 * grpc-js prints to stderr by default (a failed bind, a bad header), and all it has to say reaches
 * callers as errors. Who wants it back in code calls grpc-js's `setLogVerbosity` after the first
 * transport was made.
 */
export function silenceGrpcJs(): void {
  if (silenced) return;
  silenced = true;
  if (ASKED_FOR.every((name) => process.env[name] === undefined))
    setLogVerbosity(logVerbosity.NONE);
}
