import { createServer } from "@tightwire/server";
import { TestService, testMessage } from "@tightwire/transport-contract";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { makeCertificates } from "./certificates.js";
import { handlersOf, openClient, rejectionOf } from "./pitfalls-stage.js";
import { transportInUse } from "./transport-in-use.js";

const certificates = makeCertificates();
afterAll(() => certificates.remove());

/** Node says the same once a process, so this file is about nothing else. */
const warnings: string[] = [];
process.on("warning", ({ message }) => void warnings.push(message));

async function listenAtHost(host: string): Promise<string> {
  const server = createServer().add(
    TestService,
    handlersOf({ unary: () => Promise.resolve(testMessage({ text: "hello" })) }),
  );
  const { address } = await server.listen(
    `${host}:0`,
    transportInUse().server({ tls: certificates.server }),
  );
  onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 100 }));
  return address;
}

test("TLS to an address: the certificate proves it, and Node warns of nothing", async () => {
  const trusting = { transport: transportInUse().client({ tls: { ca: certificates.ca } }) };
  const named = await listenAtHost("127.0.0.1");
  expect((await openClient(named, trusting).client.unary({})).text).toBe("hello");
  expect(
    (await openClient(named.replace("127.0.0.1", "localhost"), trusting).client.unary({})).text,
  ).toBe("hello");

  const unnamed = await listenAtHost("127.0.0.2");
  const error = await rejectionOf(openClient(unnamed, trusting).client.unary({}));
  expect(error).toMatchObject({ code: "unavailable" });
  expect(error.message).toContain("127.0.0.2");
  const renamed = {
    transport: transportInUse().client({ tls: { ca: certificates.ca, serverName: "127.0.0.1" } }),
  };
  expect((await openClient(unnamed, renamed).client.unary({})).text).toBe("hello");

  expect(warnings).toEqual([]);
});
