import { Metadata, type ServiceDefinition } from "@tightwire/core";
import { type Completion, StatusNumber, SYSTEM, statusName } from "@tightwire/core/runtime";
import { inProcess } from "./in-process.js";
import type { Server } from "./server.js";

/** A call that was made, and what it was answered so far. */
export interface MadeCall {
  readonly responses: readonly unknown[];
  /**
   * Resolves at its end with `ok`, or with the status and its text:
   * `unavailable: the server is shutting down`.
   */
  readonly ended: Promise<string>;
  cancel(): void;
}

/** Calls a method with these requests, and no more. */
export type Caller = (
  definition: ServiceDefinition,
  localName: string,
  ...requests: object[]
) => MadeCall;

/**
 * Makes calls to a server over the in-process transport, below channels: this package knows no
 * client.
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
    let tell: (end: string) => void;
    const ended = new Promise<string>((resolve) => {
      tell = resolve;
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
      finished: (end) => tell(endText(end)),
    });
    handle.pull(Number.MAX_SAFE_INTEGER);
    for (const request of requests)
      handle.write(method.request.encode(method.request.create(request)));
    handle.halfClose();
    return {
      responses,
      ended,
      cancel: () => handle.cancel({ code: StatusNumber.CANCELLED, message: "left" }),
    };
  };
}

function endText({ code, message: text }: Completion): string {
  return code === StatusNumber.OK ? "ok" : `${statusName(code)}: ${text}`;
}
