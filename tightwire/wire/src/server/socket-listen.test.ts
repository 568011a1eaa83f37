import { mkdtempSync, rmSync } from "node:fs";
import { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Acceptor, SYSTEM } from "@tightwire/core/runtime";
import { expect, onTestFinished, test, vi } from "vitest";
import { wire } from "./index.js";

const acceptor: Acceptor = {
  maxMessageBytes: 1_000,
  ...SYSTEM,
  open: () => {
    throw new Error("no call comes");
  },
};

test("4,096 new connections may wait to be accepted, on TCP and on unix sockets", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-backlog-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const listen = vi.spyOn(Server.prototype, "listen");
  onTestFinished(() => listen.mockRestore());
  for (const address of ["127.0.0.1:0", `unix:${join(folder, "sock")}`]) {
    const listener = await wire().listen(address, acceptor);
    await listener.closeNow();
    expect(listen.mock.lastCall?.[0], address).toMatchObject({ backlog: 4_096 });
  }
});

test("options that are not an object are refused", () => {
  expect(() => wire(null as never)).toThrow("the options of wire must be an object (got null)");
  expect(() => wire({ tls: "cert.pem" as never })).toThrow(
    'the options of wire({ tls }) must be an object (got "cert.pem")',
  );
});
