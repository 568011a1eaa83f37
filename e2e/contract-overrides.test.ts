import { CatalogService } from "@shop/contracts/catalog";
import { overridePolicies } from "@tightwire/client";
import { createStub, createVirtualClock, errorOf } from "@tightwire/testing";
import { expect, test } from "vitest";

test("a call's own time goes before its channel's for the method, for all, and the contract's", async () => {
  const clock = createVirtualClock();
  const never = new Promise<never>(() => {});
  const hang = () => never;
  const handlers = {
    getProduct: hang,
    batchGetProducts: hang,
    async *watchStock() {
      yield await never;
    },
  };
  const policies = [overridePolicies(CatalogService, { getProduct: { timeoutMs: 300 } })];
  const channel = { timeoutMs: 900, idleTimeoutMs: 1_200, policies };
  const { client, close } = createStub(CatalogService, handlers, { clock, channel });
  const finished: string[] = [];
  const note = (name: string, call: Promise<unknown>): void =>
    void errorOf(call).then(({ code }) => finished.push(`${name} ${code}`));
  const watch = async (): Promise<void> => {
    for await (const _change of client.watchStock({ productIds: ["a"] }));
  };
  note("its own", client.getProduct({ id: "a" }, { timeoutMs: 100 }));
  note("the method's", client.getProduct({ id: "a" }));
  note("the channel's", client.batchGetProducts({ ids: ["a"] }));
  note("the channel's, idle", watch());
  const seen: string[][] = [];
  for (const ms of [90, 30, 170, 30, 570, 30, 270, 120]) {
    await clock.advanceAsync(ms);
    seen.push(finished.splice(0));
  }
  const late = (name: string): string[] => [`${name} deadline_exceeded`];
  expect(seen).toEqual([
    [],
    late("its own"),
    [],
    late("the method's"),
    [],
    late("the channel's"),
    [],
    late("the channel's, idle"),
  ]);
  await clock.runUntil(close());
});
