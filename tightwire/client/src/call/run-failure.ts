import { RpcError } from "@tightwire/core";
import type { Completion } from "@tightwire/core/runtime";
import type { Run } from "./run.js";

const completions = new WeakMap<object, Completion>();

/** The error of a run that failed. {@link completionOf} tells what it stands for. */
export function runFailure(run: Run): RpcError {
  const completion = run.completion as Completion;
  const { call } = run.sent;
  const error = RpcError.fromCompletion(completion, call.path, run.cause ?? call.errorCause);
  completions.set(error, completion);
  return error;
}

/** How the run finished whose error interceptors let through; undefined for an error of theirs. */
export function completionOf(thrown: unknown): Completion | undefined {
  return typeof thrown === "object" && thrown !== null ? completions.get(thrown) : undefined;
}
