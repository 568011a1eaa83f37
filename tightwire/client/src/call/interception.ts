import type { Outcome, RpcError } from "@tightwire/core";
import {
  type Completion,
  localCompletion,
  type Status,
  StatusNumber,
} from "@tightwire/core/runtime";
import { outcomeOfBoth } from "./outcome.js";

/** A run, as its call sees it: one `next` of the innermost interceptor. */
export interface CallRun {
  /** Whether the call finishes as this run does: always, unless interceptors decide. */
  readonly decides: boolean;
  /** The `cause` of the error, if this side failed it. */
  readonly cause: unknown;
  /** Cancels what it waits for: it has then finished. */
  cancel(status: Status): void;
}

/** A call as interceptors finish it. */
interface FinishingCall {
  readonly completion: Completion | undefined;
  response: unknown;
  finish(completion: Completion): void;
}

/** What a call keeps when its interceptors decide how it finishes, and not its one run. */
export class Interception {
  /** Live runs beside the first: an interceptor called `next` while another one ran. */
  readonly otherRuns: Set<CallRun> = new Set();
  /** The error that the interceptors threw, if they did. */
  error: RpcError | undefined = undefined;
  /** The outcome of all runs together. */
  outcome: Outcome = "not-processed";
  /** How the last run finished that finished OK. */
  #succeeded: Completion | undefined = undefined;

  runFinished(completion: Completion): void {
    if (completion.code === StatusNumber.OK) this.#succeeded = completion;
    this.outcome = outcomeOfBoth(this.outcome, completion.outcome);
  }

  /** Finishes a call OK: interceptors returned its response, or its responses were read. */
  respond(call: FinishingCall, response: unknown): void {
    if (call.completion !== undefined) return;
    call.response = response;
    call.finish(this.#succeeded ?? localCompletion(OK, "not-processed"));
  }

  /** Finishes a call with an error of its interceptors. `completion` is what it stands for. */
  fail(call: FinishingCall, error: RpcError, completion: Completion): void {
    if (call.completion !== undefined) return;
    this.error = error;
    const outcome = outcomeOfBoth(this.outcome, completion.outcome);
    call.finish(outcome === completion.outcome ? completion : { ...completion, outcome });
  }
}

const OK: Status = { code: StatusNumber.OK, message: "" };
