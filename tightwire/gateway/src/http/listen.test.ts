import { Agent, request } from "node:http";
import { expect, test } from "vitest";
import { compileContract } from "../contract.test-support.js";
import { serveStub } from "../stub.test-support.js";

const CONTRACT = `
  service Try { rpc Get(Thing) returns (Thing) { option (google.api.http) = { get: "/things" }; } }
  message Thing { string text = 1; }
`;

/** The status of a GET over the connections of `agent`. */
function get(agent: Agent, address: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${address}/things`, { agent }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    asked.on("error", reject).end();
  });
}

test("a request in flight when the gateway closes is answered, then its connection is closed; others are not taken", async () => {
  let began = (): void => {};
  let finish = (): void => {};
  const begun = new Promise<void>((resolve) => {
    began = resolve;
  });
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const stub = await serveStub(compileContract(CONTRACT), {
    answer: async (bytes) => {
      began();
      await held;
      return bytes;
    },
  });
  const { address } = stub;
  const agent = new Agent({ keepAlive: true });
  const answer = get(agent, address);
  await begun;
  // A grace that no test would wait for.
  const closed = stub.gateway.close(600_000);
  await expect(get(new Agent(), address)).rejects.toThrow("ECONNREFUSED");
  finish();
  expect(await answer).toBe(200);
  await closed;
  agent.destroy();
  await stub.close();
});
