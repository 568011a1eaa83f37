import { expect, test } from "vitest";
import { soak } from "./soak.js";

test("the soak, in short: every call finishes once on both sides, and nothing stays open", async () => {
  let rests = 0;
  const result = await soak({
    seconds: 3,
    seed: 1,
    firstRestSeconds: 1,
    atRest: () => void rests++,
    eachMinute() {},
  });
  const { client, server } = result;
  expect(rests).toBe(2);
  expect(client.ended).toBeGreaterThan(100);
  expect([client.ended, client.endedAgain]).toEqual([client.begun, 0]);
  expect([server.ended, server.endedAgain]).toEqual([server.begun, 0]);
  expect(result.descriptorsAfter).toBe(result.descriptorsBefore);
  expect(result.socketsAfter).toBe(0);
});
