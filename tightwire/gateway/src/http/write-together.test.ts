import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { systemClock } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { GET, openRaw, serveRaw } from "./raw-server.test-support.js";
import { uncork, writeTogether } from "./write-together.js";

const NODE_MAJOR = Number(process.versions.node.split(".")[0]);

/** What a client receives of a response: its head and its body in chunks. */
async function receive(respond: (response: ServerResponse) => void): Promise<string> {
  const server = await serveRaw((_request, response) => respond(response));
  const { socket, text } = openRaw(server);
  socket.write(GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));
  await once(socket, "close");
  // Only what comes before the last chunk of the body counts.
  return text().split("\r\n0\r\n\r\n")[0] as string;
}

test("Node keeps the parts of one turn until the next, and then writes them to the socket", async () => {
  const turns: (() => void)[] = [];
  const clock = { ...systemClock, nextTurn: (callback: () => void) => void turns.push(callback) };
  const waiting: boolean[] = [];
  const text = await receive((response) => {
    for (const part of ["one ", "two "]) writeTogether(response, part, clock);
    waiting.push(response.writableLength > 0);
    expect(turns).toHaveLength(1);
    turns[0]?.();
    waiting.push(response.writableLength > 0);
    response.end("three");
  });
  expect(waiting).toEqual([true, false]);
  for (const part of ["one ", "two ", "three"]) expect(text).toContain(part);
});

test("parts are complete when the response ends after uncork in the same turn", async () => {
  const text = await receive((response) => {
    writeTogether(response, "one ", systemClock);
    writeTogether(response, "two ", systemClock);
    uncork(response);
    response.end("three");
  });
  for (const part of ["one ", "two ", "three"]) expect(text).toContain(part);
});

test("without uncork Node 24 loses parts, and Node 20 and 26 do not", async () => {
  const text = await receive((response) => {
    response.cork();
    for (const part of ["one ", "two "]) response.write(part);
    response.end("three");
  });
  expect(text.includes("three")).toBe(NODE_MAJOR !== 24);
});
