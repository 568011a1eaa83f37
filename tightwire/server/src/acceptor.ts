import type { MethodDefinition, Observer } from "@tightwire/core";
import {
  type Acceptor,
  type Clock,
  type IncomingCall,
  type LimitActed,
  type OpenedCall,
  type Random,
  type Report,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { StreamCall } from "./call/stream.js";
import { UnaryCall } from "./call/unary.js";
import type { ServedMethod } from "./method.js";

/** What an acceptor works with. */
export interface AcceptorParts {
  /** The methods by their path, `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, ServedMethod>;
  readonly observer: Observer | undefined;
  readonly maxMessageBytes: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
  readonly limitActed?: ((event: LimitActed) => void) | undefined;
}

/**
 * Makes the acceptor that every transport asks when a call arrives. On the server side, this is the
 * only place that distinguishes the kinds of call.
 */
export function createAcceptor({ methods, observer, ...parts }: AcceptorParts): Acceptor {
  return {
    ...parts,
    open(call: IncomingCall): OpenedCall {
      const served = methods.get(call.path);
      if (call.fault !== undefined) return refuse(call, served?.definition, call.fault, observer);
      if (served === undefined)
        return refuse(call, undefined, unimplemented(call.path, methods), observer);
      return served.definition.kind === "unary"
        ? new UnaryCall(call, served)
        : new StreamCall(call, served);
    },
  };
}

/** How many characters of a caller's path are repeated to the caller and to the log. */
const MAX_PATH_LENGTH = 200;

function unimplemented(fullPath: string, methods: ReadonlyMap<string, ServedMethod>): Status {
  const path = fullPath.slice(0, MAX_PATH_LENGTH);
  const service = path.slice(0, path.lastIndexOf("/") + 1);
  const known = service !== "/" && [...methods.keys()].some((one) => one.startsWith(service));
  return {
    code: StatusNumber.UNIMPLEMENTED,
    message: known ? `unknown method ${path}` : `unknown service: ${path}`,
  };
}

/** Finishes a call before it is read; observers hear of it as of any other. */
function refuse(
  call: IncomingCall,
  method: MethodDefinition | undefined,
  { code, message }: Status,
  observer: Observer | undefined,
): OpenedCall {
  observer
    ?.started({
      side: "server",
      path: call.path.slice(0, MAX_PATH_LENGTH),
      method,
      peer: call.peer.address,
      identity: call.peer.identity,
    })
    ?.finished({ code, message, durationMs: 0, origin: "local" });
  return { kind: "refused", status: { code, message, trailers: undefined } };
}
