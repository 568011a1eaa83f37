import { Metadata, type ServiceDefinition } from "@tightwire/core";
import { type Completion, StatusNumber, SYSTEM, statusName } from "@tightwire/core/runtime";
import { inProcess } from "./in-process/transport.js";
import type { Server } from "./server.js";

/** A call that was made, and the responses that it got so far. */
export interface MadeCall {
  readonly responses: readonly unknown[];
  /**
   * Resolves when the call has finished, with `ok`, or with its status:
   * `unavailable: the server is shutting down`.
   */
  readonly finished: Promise<string>;
  cancel(): void;
}

/** Calls a method with these requests. */
export type Caller = (
  definition: ServiceDefinition,
  localName: string,
  ...requests: object[]
) => MadeCall;

/**
 * Makes calls to a server over the in-process transport, below channels, because this package does
 * not import the client.
 */
export async function callerOf(server: Server): Promise<Caller> {
  const endpoint = { address: "in-process", authority: "in-process" };
  const connection = await inProcess(server).connect(endpoint, {
    timeoutMs: 1_000,
    maxMessageBytes: 1 << 20,
    ...SYSTEM,
  });
  return (definition, localName, ...requests) => {
    const method = definition.methods[localName];
    if (method === undefined) throw new Error(`${definition.name} has no method ${localName}`);
    const responses: unknown[] = [];
    let resolveFinished: (status: string) => void;
    const finished = new Promise<string>((resolve) => {
      resolveFinished = resolve;
    });
    const call = {
      path: method.path,
      metadata: new Metadata(),
      deadline: Number.POSITIVE_INFINITY,
      compress: false,
      previousAttempts: 0,
    };
    const handle = connection.stream(call, {
      headers() {},
      message: (bytes) => void responses.push(method.response.decode(bytes)),
      drained() {},
      finished: (completion) => resolveFinished(describeStatus(completion)),
    });
    handle.pull(Number.MAX_SAFE_INTEGER);
    for (const request of requests)
      handle.write(method.request.encode(method.request.create(request)));
    handle.halfClose();
    return {
      responses,
      finished,
      cancel: () =>
        handle.cancel({ code: StatusNumber.CANCELLED, message: "cancelled by the test" }),
    };
  };
}

function describeStatus({ code, message }: Completion): string {
  return code === StatusNumber.OK ? "ok" : `${statusName(code)}: ${message}`;
}
