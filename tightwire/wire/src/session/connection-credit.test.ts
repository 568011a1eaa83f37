import { expect, test } from "vitest";
import { CONNECTION_WINDOW_BYTES, ConnectionCredit } from "./connection-credit.js";

/** A connection whose limit is the least that a whole window fits into beside its half. */
function openCredit() {
  const peer = { window: CONNECTION_WINDOW_BYTES, unread: 0 };
  const owner = {
    unreadBytes: () => peer.unread,
    giveCredit(bytes: number) {
      peer.window += bytes;
    },
  };
  return { peer, credit: new ConnectionCredit(owner, 2 * CONNECTION_WINDOW_BYTES) };
}

test("14. a peer that sends all that it may to slow readers is held back, whatever its frames", () => {
  const refused: number[] = [];
  for (let frame = 1_000; frame <= 16_384; frame += 7) {
    const { peer, credit } = openCredit();
    while (peer.window >= frame) {
      peer.window -= frame;
      credit.take(frame);
      if (!credit.hold(frame)) {
        refused.push(frame);
        break;
      }
      peer.unread += frame;
    }
  }
  expect(refused).toEqual([]);
});

test("credit comes back once what waited was read", () => {
  const { peer, credit } = openCredit();
  while (peer.window >= 1_000) {
    peer.window -= 1_000;
    credit.take(1_000);
    credit.hold(1_000);
    peer.unread += 1_000;
  }
  const held = peer.unread;
  peer.unread = 0;
  credit.hold(-held);
  expect(peer.window).toBeGreaterThanOrEqual(CONNECTION_WINDOW_BYTES);
});
