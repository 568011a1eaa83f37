import type { InterceptedResponse, InterceptorNext } from "@tightwire/core";
import { StatusNumber } from "@tightwire/core/runtime";
import type { Run, Sendable } from "./run.js";
import { runFailure } from "./run-failure.js";
import { sendableOf } from "./sendable.js";
import { responsesOf, StreamRun } from "./stream-run.js";
import { UnaryRun } from "./unary-run.js";

/**
 * The innermost `next` of every call: each one starts a run of its own. It rejects with the error
 * of a run that failed. Calls with many responses resolve before they have finished, and their
 * reader gets a later error: server streaming when the peer begins to respond, so that a failed
 * call can be made again; bidirectional streaming at once.
 */
export const send: InterceptorNext = async (given) => {
  const sent = sendableOf(given);
  const { call } = sent;
  if (call.completion !== undefined) throw call.failure();
  switch (call.method.kind) {
    case "unary":
      return sendUnary(sent);
    case "client_streaming":
      return sendForOne(sent);
    default:
      return sendStream(sent);
  }
};

async function sendUnary(sent: Sendable): Promise<InterceptedResponse> {
  const run = await new Promise<UnaryRun>((resolve) => new UnaryRun(sent, resolve).start());
  throwFailure(run);
  return { response: run.response };
}

async function sendForOne(sent: Sendable): Promise<InterceptedResponse> {
  const run = new StreamRun(sent, false);
  run.start();
  return { response: await onlyMessage(run) };
}

async function sendStream(sent: Sendable): Promise<InterceptedResponse> {
  if (sent.call.method.kind === "bidi_streaming") {
    const run = new StreamRun(sent, false);
    run.start();
    return responsesOf(run);
  }
  const run = await new Promise<StreamRun>((resolve) => {
    const one: StreamRun = new StreamRun(sent, false, () => resolve(one));
    one.start();
  });
  if (!run.responding) throwFailure(run);
  return responsesOf(run);
}

/** The message of a call that responds with one. The run fails when it is another number. */
export async function onlyMessage({ messages }: StreamRun): Promise<unknown> {
  let only: unknown;
  for await (const message of messages) only = message;
  return only;
}

function throwFailure(run: Run): void {
  if (run.completion?.code !== StatusNumber.OK) throw runFailure(run);
}
