import { describe, expect, it } from "vitest";
import { createNotificationHub } from "../database/notifications.js";
import type { Change } from "./change.js";
import { createChangeFeed } from "./change-feed.js";

interface Level extends Change {
  readonly stock: number;
}

function setUp(present: Record<string, Level>) {
  const hub = createNotificationHub();
  const feed = createChangeFeed<Level>(hub, async (keys) =>
    keys.flatMap((key) => present[key] ?? []),
  );
  const abort = new AbortController();
  const set = (key: string, revision: number, stock: number) => {
    present[key] = { key, revision, stock };
    hub.publish(JSON.stringify(present[key]));
  };
  return { hub, feed, abort, set, watch: (...keys: string[]) => feed.watch(keys, abort.signal) };
}

const next = async (stream: AsyncGenerator<Level, void>) => (await stream.next()).value;

describe("a change feed", () => {
  it("yields the current state first, in the order asked for, then changes of those keys only", async () => {
    const { watch, set } = setUp({
      a: { key: "a", revision: 4, stock: 1 },
      b: { key: "b", revision: 0, stock: 2 },
    });
    const stream = watch("b", "a");
    expect([await next(stream), await next(stream)]).toMatchObject([
      { key: "b", stock: 2 },
      { key: "a", stock: 1 },
    ]);
    set("c", 1, 9);
    set("a", 5, 0);
    set("a", 6, 3);
    expect([await next(stream), await next(stream)]).toMatchObject([{ stock: 0 }, { stock: 3 }]);
  });

  it("does not repeat a change that the current state contained", async () => {
    const { watch, set, hub } = setUp({ a: { key: "a", revision: 4, stock: 1 } });
    const stream = watch("a");
    await next(stream);
    hub.publish(JSON.stringify({ key: "a", revision: 3, stock: 7 }));
    hub.publish(JSON.stringify({ key: "a", revision: 4, stock: 1 }));
    set("a", 5, 2);
    expect(await next(stream)).toMatchObject({ revision: 5 });
  });

  it("reads again after a gap", async () => {
    const present = { a: { key: "a", revision: 0, stock: 1 } };
    const { watch, hub } = setUp(present);
    const stream = watch("a");
    await next(stream);
    const waiting = next(stream);
    present.a = { key: "a", revision: 9, stock: 8 };
    hub.gap();
    expect(await waiting).toMatchObject({ stock: 8 });
  });

  it("ends when the signal aborts, while it waits too", async () => {
    const { watch, abort } = setUp({ a: { key: "a", revision: 0, stock: 1 } });
    const stream = watch("a");
    await next(stream);
    const waiting = stream.next();
    abort.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("gives a reader that is far behind the newest of each key", async () => {
    const { watch, set } = setUp({
      a: { key: "a", revision: 0, stock: 0 },
      b: { key: "b", revision: 0, stock: 0 },
    });
    const stream = watch("a", "b");
    await next(stream);
    await next(stream);
    for (let revision = 1; revision <= 5_001; revision++)
      set(revision % 2 === 0 ? "a" : "b", revision, revision);
    let count = 0;
    let last = 0;
    while (last < 5_001) {
      last = (await next(stream))?.revision ?? 0;
      count++;
    }
    expect(count).toBeLessThan(1_001);
  });
});
