import { expect, test } from "vitest";
import { summarizeProfile } from "./profile.js";

test("self time is shared out by layer and by function of ours, without idle time", () => {
  const frame = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, lineNumber: 9 },
  });
  const summary = summarizeProfile(
    {
      nodes: [
        frame(1, "(idle)", ""),
        frame(2, "run", "file:///x/tightwire/client/dist/unary.js"),
        frame(3, "run", "file:///x/tightwire/client/dist/unary.js"),
        frame(4, "start", "file:///x/node_modules/@grpc/grpc-js/build/src/call.js"),
        frame(5, "emit", "node:events"),
      ],
      samples: [1, 2, 3, 4, 5],
      timeDeltas: [1000, 10, 20, 60, 10],
    },
    5,
  );
  expect(summary.own).toEqual([{ name: "run client/unary.js:10", share: 0.3 }]);
  expect(summary.layers.map(({ name }) => name)).toEqual([
    "grpc-js",
    "tightwire client",
    "node:events",
  ]);
});
