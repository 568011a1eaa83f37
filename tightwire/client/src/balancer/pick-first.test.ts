import type { Connection, Endpoint } from "@tightwire/core/runtime";
import { expect, test, vi } from "vitest";
import { pickFirst } from "./pick-first.js";

const open = new AbortController().signal;

function endpoints(...addresses: string[]): Endpoint[] {
  return addresses.map((address) => ({ address, authority: address }));
}

/** Connects to the addresses in `up` and refuses the others. */
function connectingTo(...up: string[]) {
  return vi.fn(({ address }: Endpoint) =>
    up.includes(address)
      ? Promise.resolve({ info: { address } } as Connection)
      : Promise.reject(new Error("refused")),
  );
}

test("picks the first endpoint that accepts a connection, and tries no other after it", async () => {
  const connect = connectingTo("b:2", "c:3");
  const { info } = await pickFirst("x", endpoints("a:1", "b:2", "c:3"), open, connect);
  expect(info.address).toBe("b:2");
  expect(connect.mock.calls.map(([{ address }]) => address)).toEqual(["a:1", "b:2"]);
});

test("when none accepts, the error holds the reason of each", async () => {
  const picking = pickFirst("dns:///x:1", endpoints("a:1", "b:2"), open, connectingTo());
  await expect(picking).rejects.toThrow("a:1: refused; b:2: refused");
});

test.each([
  ["static:///a:1", "a:1", "refused", "refused"],
  ["dns:///x:1", "a:1", "refused", "a:1: refused"],
  ["dns:///x:1", "[::1]:1", "connect ECONNREFUSED ::1:1", "connect ECONNREFUSED ::1:1"],
  ["dns:///x:1", "unix:/s", "connect ENOENT /s", "connect ENOENT /s"],
])("%s, at %s: %j names the endpoint once", async (target, address, reason, expected) => {
  const refuse = (): Promise<Connection> => Promise.reject(new Error(reason));
  await expect(pickFirst(target, endpoints(address), open, refuse)).rejects.toThrow(
    new Error(expected),
  );
});

test("tries no further endpoint after the signal is aborted", async () => {
  const closing = new AbortController();
  const connect = vi.fn(() => {
    closing.abort(new Error("closed"));
    return Promise.reject(new Error("refused"));
  });
  const picking = pickFirst("x", endpoints("a:1", "b:2"), closing.signal, connect);
  await expect(picking).rejects.toThrow("closed");
  expect(connect).toHaveBeenCalledTimes(1);
});
