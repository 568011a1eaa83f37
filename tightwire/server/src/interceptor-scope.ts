import {
  type InterceptedCall,
  type Interceptor,
  type InterceptorNext,
  MisuseError,
} from "@tightwire/core";
import { composeInterceptors } from "@tightwire/core/runtime";

/** What comes next for a call, by the path of its method. */
export type StepsByPath = ReadonlyMap<string, InterceptorNext>;

/**
 * Composes the interceptors of a server or a service around all of its methods at once, so that
 * each interceptor is called once, whatever the number of methods. `steps` may be filled later.
 * Undefined when there are none.
 */
export function composeScope(
  interceptors: readonly Interceptor[],
  steps: StepsByPath,
  where: string,
): InterceptorNext | undefined {
  if (interceptors.length === 0) return undefined;
  return composeInterceptors(interceptors, (call) => stepOf(call, steps)(call), where);
}

function stepOf(call: InterceptedCall | undefined, steps: StepsByPath): InterceptorNext {
  const step = steps.get(String(call?.method?.path));
  if (step !== undefined) return step;
  throw new MisuseError("TW_INVALID_NEXT", "an interceptor must pass its call on: next(call)");
}
