import {
  type ClientInterceptedCall,
  type ContextKey,
  Metadata,
  type MethodDefinition,
} from "@tightwire/core";
import type { Completion } from "@tightwire/core/runtime";
import type { ClientCall } from "./client-call.js";
import type { InterceptedAttempt, Sendable } from "./run.js";
import { completionOf } from "./run-failure.js";
import type { FinishListener } from "./tell-finished.js";

/**
 * A call as the interceptors of one attempt see it. What they change of it, and their listeners,
 * belong to that attempt; values by key are the call's.
 */
export class AttemptCall implements ClientInterceptedCall, Sendable, InterceptedAttempt {
  readonly side = "client";
  readonly call: ClientCall;
  readonly number: number;
  readonly metadata: Metadata;
  request: unknown;
  #listeners: FinishListener[] | undefined = undefined;
  #unprocessed: Completion | undefined = undefined;

  constructor(call: ClientCall, number: number) {
    this.call = call;
    this.number = number;
    this.metadata = new Metadata(call.metadata);
    this.request = call.request;
  }

  get attempt(): this {
    return this;
  }

  get method(): MethodDefinition {
    return this.call.method;
  }

  get timeLeftMs(): number {
    return this.call.timeLeftMs;
  }

  get<T>(key: ContextKey<T>): T {
    return this.call.get(key);
  }

  set<T>(key: ContextKey<T>, value: T): void {
    this.call.set(key, value);
  }

  onFinish(listener: FinishListener): void {
    if (this.#listeners === undefined) {
      this.#listeners = [];
      this.call.onFinish((completion) => this.#tell(completion));
    }
    this.#listeners.push(listener);
  }

  unprocessed(completion: Completion): void {
    this.#unprocessed = completion;
    this.#tell(completion);
  }

  /** Whether interceptors let the error of an attempt through that is to be followed by another. */
  isFollowed(thrown: unknown): boolean {
    return (
      this.#unprocessed !== undefined &&
      completionOf(thrown) === this.#unprocessed &&
      !this.call.finishing
    );
  }

  #tell(completion: Parameters<FinishListener>[0]): void {
    for (const listener of this.#listeners?.splice(0) ?? [])
      this.call.contain("onFinish", () => listener(completion));
  }
}
