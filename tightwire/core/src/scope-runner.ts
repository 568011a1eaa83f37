import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { type CallScope, scopeStorage } from "./context.js";

/** Runs `body` inside `scope`, whatever scope it is called from, and returns what it returns. */
export type ScopeRunner = <R>(scope: CallScope, body: () => R) => R;

/**
 * Makes the function that runs handlers inside the scopes of their calls. Server side, one for each
 * server.
 *
 * Where contexts are values (Node 24 and later) it enters a scope from the context in which it was
 * made. `AsyncLocalStorage.run` copies a Map there to enter, and another one to leave: 250 ns a
 * call on the machine of the benchmarks, and this 50 ns.
 */
export function createScopeRunner(): ScopeRunner {
  if (!CONTEXTS_ARE_VALUES) return (scope, body) => scopeStorage.run(scope, body);
  const outside = new AsyncResource("TightwireServer", { requireManualDestroy: true });
  return (scope, body) => outside.runInAsyncScope(enter, undefined, scope, body) as never;
}

function enter<R>(scope: CallScope, body: () => R): R {
  scopeStorage.enterWith(scope);
  return body();
}

/**
 * Whether what `enterWith` sets ends with `runInAsyncScope`, in a nested run of the same resource,
 * too. Before Node 24 the resource holds it, so that an inner run changes the outer one.
 */
export const CONTEXTS_ARE_VALUES: boolean = tryContexts();

function tryContexts(): boolean {
  const storage = new AsyncLocalStorage<string>();
  const resource = new AsyncResource("TightwireProbe", { requireManualDestroy: true });
  const seen: unknown[] = [];
  resource.runInAsyncScope(() => {
    storage.enterWith("outer");
    resource.runInAsyncScope(() => {
      seen.push(storage.getStore());
      storage.enterWith("inner");
    });
    seen.push(storage.getStore());
  });
  seen.push(storage.getStore());
  // Before Node 24 each storage that is in use makes every promise of the process dearer.
  storage.disable();
  return seen[0] === undefined && seen[1] === "outer" && seen[2] === undefined;
}
