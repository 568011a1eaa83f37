import { expect, test } from "vitest";
import { CONNECTION_WINDOW_BYTES, ConnectionCredit } from "./connection-credit.js";

const MAX_HELD_BYTES = 2 * CONNECTION_WINDOW_BYTES;

/** A connection whose limit is the least that a whole window fits into beside its half. */
function openCredit() {
  const peer = { window: CONNECTION_WINDOW_BYTES };
  const account = { received: 0, decoded: 0 };
  const owner = {
    account,
    giveCredit(bytes: number) {
      peer.window += bytes;
    },
  };
  const credit = new ConnectionCredit(owner, MAX_HELD_BYTES);
  function hold(bytes: number): void {
    account.received += bytes;
    credit.countUnread(bytes);
    if (bytes < 0) credit.give();
  }
  return { peer, account, credit, hold };
}

test("14. a peer that sends all that it may to slow readers is held back, whatever its frames", () => {
  const refused: number[] = [];
  for (let frame = 1_000; frame <= 16_384; frame += 7) {
    const { peer, account, credit, hold } = openCredit();
    while (peer.window >= frame) {
      peer.window -= frame;
      credit.take(frame);
      hold(frame);
    }
    if (account.received > MAX_HELD_BYTES) refused.push(frame);
  }
  expect(refused).toEqual([]);
});

test("credit comes back once what waited was read", () => {
  const { peer, account, credit, hold } = openCredit();
  while (peer.window >= 1_000) {
    peer.window -= 1_000;
    credit.take(1_000);
    hold(1_000);
  }
  hold(-account.received);
  expect(peer.window).toBeGreaterThanOrEqual(CONNECTION_WINDOW_BYTES);
});
