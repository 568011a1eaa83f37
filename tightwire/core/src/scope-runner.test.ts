import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type CallScope, currentScope, scopeStorage } from "./context.js";
import { CONTEXTS_ARE_VALUES, createScopeRunner } from "./scope-runner.js";

const scope = (deadline: number): CallScope => ({ deadline }) as CallScope;
const [one, two] = [scope(1), scope(2)];

test("contexts are values from Node 24 on", () => {
  expect(CONTEXTS_ARE_VALUES).toBe(Number(process.versions.node.split(".")[0]) >= 24);
});

test("a scope holds for its body and all that it starts, and for nothing else", async () => {
  const runInScope = createScopeRunner();
  const seen: unknown[] = [];
  const started = runInScope(one, async () => {
    seen.push(currentScope());
    await nextTurn();
    seen.push(currentScope());
    return "value";
  });
  seen.push(currentScope());
  const other = runInScope(two, () => nextTurn().then(() => seen.push(currentScope())));
  expect(await started).toBe("value");
  await other;
  expect(seen).toEqual([one, undefined, one, two]);
  expect(currentScope()).toBeUndefined();
});

test("a scope inside another ends where its body returns or throws", () => {
  const runInScope = createScopeRunner();
  runInScope(one, () => {
    runInScope(two, () => expect(currentScope()).toBe(two));
    expect(currentScope()).toBe(one);
    const failing = (): never =>
      runInScope(two, () => {
        throw new Error("boom");
      });
    expect(failing).toThrow("boom");
    expect(currentScope()).toBe(one);
  });
  expect(currentScope()).toBeUndefined();
});

test("other storages of a body are its own", () => {
  const storage = new AsyncLocalStorage<string>();
  const runInScope = createScopeRunner();
  runInScope(one, () => {
    storage.run("own", () => {
      expect([currentScope(), storage.getStore()]).toEqual([one, "own"]);
      scopeStorage.run(undefined, () => expect(storage.getStore()).toBe("own"));
    });
    expect(storage.getStore()).toBeUndefined();
  });
});
