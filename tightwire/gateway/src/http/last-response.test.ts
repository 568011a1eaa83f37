import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { lastResponseClass } from "./last-response.js";
import { GET, openRaw, serveRaw } from "./raw-server.test-support.js";

test.each([
  ["writeHead", (response: ServerResponse) => response.writeHead(200).end("x")],
  ["an implicit head", (response: ServerResponse) => response.end("x")],
])("a closing server marks only the last of pipelined responses: %s", async (_how, respond) => {
  const state = { closing: false };
  const responses: ServerResponse[] = [];
  const server = await serveRaw(
    (_request, response) => {
      if (responses.push(response) < 3) return;
      state.closing = true;
      for (const one of responses) respond(one);
    },
    { ServerResponse: lastResponseClass(state) },
  );
  const { socket, text } = openRaw(server);
  socket.write(GET.repeat(3));
  await once(socket, "close");
  expect(text().match(/Connection: [a-z-]+/g)).toEqual([
    "Connection: keep-alive",
    "Connection: keep-alive",
    "Connection: close",
  ]);
});

test("a server that is not closing keeps connections", async () => {
  const server = await serveRaw((_request, response) => response.end("x"), {
    ServerResponse: lastResponseClass({ closing: false }),
  });
  const { socket, text } = openRaw(server);
  socket.write(GET);
  await expect.poll(text).toContain("Connection: keep-alive");
});
