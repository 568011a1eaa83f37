import { expect, test } from "vitest";
import { Account } from "./account.js";
import { DEFAULT_LIMITS, type LimitName, type Limits } from "./limits.js";
import { ProcessAccount } from "./process-account.js";

/** A connection's account, the limits that acted, and what it was asked to give up. */
function openAccount(limits: Partial<Limits>, process: ProcessAccount = new ProcessAccount()) {
  const acted: LimitName[] = [];
  const shed: number[] = [];
  const account: Account = new Account({ ...DEFAULT_LIMITS, ...limits }, process, {
    shed(bytes) {
      shed.push(bytes);
      account.moveUnread(-Math.min(bytes, account.unread));
    },
    limitActed: (limit) => void acted.push(limit),
  });
  return { account, acted, shed, process };
}

test("what came from the peer is held up to the limit, whatever its kind", () => {
  const { account, acted } = openAccount({ maxHeldBytes: 1_000 });
  expect(account.holdUndecoded(400)).toBe(true);
  account.moveDecoded(300);
  expect(account.holdHeaders(200)).toBe(true);
  expect([account.holdUndecoded(101), account.openCall(101)]).toEqual([false, false]);
  expect(account.holdUndecoded(100)).toBe(true);
  expect(acted).toEqual(["maxHeldBytes", "maxHeldBytes"]);
  expect(account.timesActed).toEqual({ maxHeldBytes: 2 });
  account.holdUndecoded(-500);
  expect(account.received).toBe(500);
});

test("a message is decoded ahead only while less than half is held, at what objects may cost", () => {
  const { account } = openAccount({ maxHeldBytes: 6_400 });
  expect([account.hasRoomAhead(100), account.hasRoomAhead(101)]).toEqual([true, false]);
  account.holdUndecoded(32);
  expect([account.hasRoomAhead(99), account.hasRoomAhead(100)]).toEqual([true, false]);
});

test("what waits for the peer has a limit of its own", () => {
  const { account, acted } = openAccount({ maxHeldBytes: 10, maxUnreadBytes: 1_000 });
  account.moveUnread(900);
  expect([account.takesUnread(100), account.takesUnread(101)]).toEqual([true, false]);
  expect(account.makeRoomUnread(101)).toBe(false);
  expect(acted).toEqual(["maxUnreadBytes"]);
});

test("a full process: the connection that holds most gives up, and one that holds less goes on", () => {
  const limits = { maxHeldBytesTotal: 10_000 };
  const large = openAccount(limits);
  const middle = openAccount(limits, large.process);
  const small = openAccount(limits, large.process);
  large.account.moveUnread(6_000);
  middle.account.moveUnread(3_900);
  expect(small.account.takesUnread(200)).toBe(false);
  expect(small.account.makeRoomUnread(200)).toBe(true);
  expect([large.shed, middle.shed, small.shed]).toEqual([[200], [], []]);
  expect([large.acted, small.acted]).toEqual([["maxHeldBytesTotal"], []]);
  small.account.moveUnread(200);
  expect(large.account.makeRoomUnread(200)).toBe(false);
  expect(large.acted).toEqual(["maxHeldBytesTotal", "maxHeldBytesTotal"]);
  expect(large.process.heldBytes).toBe(9_900);
});

test("a connection gives up at least a sixty-fourth of the limit at once", () => {
  const limits = { maxHeldBytesTotal: 64_000 };
  const large = openAccount(limits);
  const small = openAccount(limits, large.process);
  large.account.moveUnread(64_000);
  expect(small.account.openCall(1)).toBe(true);
  expect(large.shed[0]).toBeGreaterThanOrEqual(1_000);
});

test("what a closed connection still holds counts until it is released", () => {
  const { account, process } = openAccount({});
  account.openCall(100);
  account.close();
  expect([process.heldBytes > 100, process.held.headers]).toEqual([true, 0]);
  account.closeCall(100);
  expect(process.heldBytes).toBe(0);
});
