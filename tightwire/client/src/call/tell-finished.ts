import type {
  CallObserver,
  CallOptions,
  ClientInterceptedCall,
  Metadata,
  MethodDefinition,
} from "@tightwire/core";
import type { Completion } from "@tightwire/core/runtime";
import type { OpenChannel } from "../channel/channel.js";
import { redactedMessage } from "./redacted-message.js";
import type { StreamActivity } from "./stream-activity.js";

export type FinishListener = Parameters<ClientInterceptedCall["onFinish"]>[0];

/** A call that has finished. */
export interface FinishedCall {
  readonly method: MethodDefinition;
  readonly request: unknown;
  readonly options: CallOptions;
  readonly channel: OpenChannel;
  readonly observer: CallObserver | undefined;
  readonly listeners: readonly FinishListener[] | undefined;
  readonly stream: StreamActivity | undefined;
  readonly startedAt: number;
  readonly endpoint: string | undefined;
  readonly attempts: number;
  headersReceived(headers: Metadata): void;
  contain(what: string, code: () => unknown): void;
}

/** Tells the caller's code and the observers how a call finished. Never throws. */
export function tellFinished(call: FinishedCall, completion: Completion): void {
  const { headers, trailers } = completion;
  if (headers !== undefined) call.headersReceived(headers);
  if (trailers !== undefined && call.options.onTrailers !== undefined)
    call.contain("onTrailers", () => call.options.onTrailers?.(trailers));
  if (call.observer !== undefined) tellObserver(call, call.observer, completion);
  if (call.listeners !== undefined)
    for (const listener of call.listeners) call.contain("onFinish", () => listener(completion));
}

function tellObserver(call: FinishedCall, observer: CallObserver, completion: Completion): void {
  observer.finished({
    code: completion.code,
    message: redactedMessage(call, call.stream?.marked, completion),
    durationMs: call.channel.settings.clock.now() - call.startedAt,
    origin: completion.origin,
    endpoint: call.endpoint,
    attempts: call.attempts,
  });
}
