import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MisuseError, StartError } from "@tightwire/core";
import { expect, onTestFinished, test } from "vitest";
import { createServer } from "../server.js";
import { grpcJs } from "./transport.js";

test.each(["50051", "localhost", "127.0.0.1:port", "[::1:50051", "tcp://127.0.0.1:50051"])(
  "the address %j is refused",
  async (address) => {
    await expect(createServer().listen(address, grpcJs())).rejects.toThrow(
      new MisuseError(
        "TW_INVALID_ADDRESS",
        `invalid address ${JSON.stringify(address)}; allowed: "127.0.0.1:50051", "[::]:50051", "unix:/path"`,
      ),
    );
  },
);

test("a port in use is a StartError", async () => {
  const first = createServer();
  const { address } = await first.listen("127.0.0.1:0", grpcJs());
  onTestFinished(() => first.stopNow());
  const second = createServer().listen(address, grpcJs());
  await expect(second).rejects.toBeInstanceOf(StartError);
  await expect(second).rejects.toMatchObject({
    code: "TW_ADDRESS_IN_USE",
    message: `${address} is in use`,
  });
});

test("a path that exists is a StartError", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tightwire-listener-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file");
  writeFileSync(path, "");
  await expect(createServer().listen(`unix:${path}`, grpcJs())).rejects.toThrow(
    new StartError("TW_ADDRESS_IN_USE", `unix:${path} is in use`),
  );
});

test("a host that cannot be bound is a StartError", async () => {
  await expect(createServer().listen("192.0.2.1:0", grpcJs())).rejects.toMatchObject({
    code: "TW_CANNOT_LISTEN",
    message: expect.stringMatching(/^cannot listen at 192\.0\.2\.1:0: /),
  });
});

test.each<[string, object]>([
  ["tls must be an object (got true)", { tls: true }],
  ["tls.certificate must be a string (got undefined)", { tls: {} }],
])("%s", (message, options) => {
  expect(() => grpcJs(options as never)).toThrow(new MisuseError("TW_INVALID_OPTION", message));
});
