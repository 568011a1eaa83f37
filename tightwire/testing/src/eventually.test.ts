import { expect, test } from "vitest";
import { eventually } from "./eventually.js";

test("tries again until the check passes, and gives its result", async () => {
  let tries = 0;
  const check = (): string => {
    if (++tries < 3) throw new Error("not yet");
    return "passed";
  };
  await expect(eventually(check)).resolves.toBe("passed");
  expect(tries).toBe(3);
});

test("takes a check that rejects, and throws what it threw last", async () => {
  let tries = 0;
  const check = (): Promise<never> => Promise.reject(new Error(`try ${++tries}`));
  await expect(eventually(check, 20)).rejects.toThrow(/^try /);
  expect(tries).toBeGreaterThan(1);
});
