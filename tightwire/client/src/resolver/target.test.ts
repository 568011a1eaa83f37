import { describe, expect, test } from "vitest";
import { joinHostPort, parseTarget } from "./target.js";

describe("a host name is a dns target", () => {
  test.each([
    ["dns:///catalog:50051", "catalog", 50_051],
    ["catalog.shop.svc:1", "catalog.shop.svc", 1],
    ["127.0.0.1:65535", "127.0.0.1", 65_535],
    ["[::1]:50051", "::1", 50_051],
    ["dns:///[fe80::1%eth0]:50051", "fe80::1%eth0", 50_051],
  ])("%s", (text, host, port) => {
    expect(parseTarget(text)).toEqual({ scheme: "dns", host, port, text });
  });
});

describe("addresses keep their form and their order", () => {
  test.each([
    ["static:///10.0.0.1:50051", ["10.0.0.1:50051"]],
    ["static:///b:2, a:1,[::1]:3", ["b:2", "a:1", "[::1]:3"]],
  ])("%s", (text, addresses) => {
    const endpoints = addresses.map((address) => ({ address, authority: address }));
    expect(parseTarget(text)).toEqual({ scheme: "static", endpoints, text });
  });

  test.each([
    ["unix:/run/catalog.sock", "unix:/run/catalog.sock"],
    ["unix:///run/catalog.sock", "unix:/run/catalog.sock"],
    ["unix:catalog.sock", "unix:catalog.sock"],
  ])("%s has the authority localhost", (text, address) => {
    expect(parseTarget(text)).toEqual({
      scheme: "static",
      endpoints: [{ address, authority: "localhost" }],
      text,
    });
  });
});

test.each(["in-process:", "in-process:catalog"])("%s is an in-process target", (text) => {
  expect(parseTarget(text)).toEqual({ scheme: "in-process", text });
});

describe("anything else is refused with the allowed forms", () => {
  test.each([
    "",
    "catalog",
    "catalog:",
    ":50051",
    "catalog:0",
    "catalog:65536",
    "catalog:port",
    "a b:1",
    "::1:50051",
    "[catalog]:1",
    "http://catalog:50051",
    "dns://8.8.8.8/catalog:50051",
    "static://a:1",
    "static:///",
    "static:///a:1,",
    "unix:",
    "xds:///catalog",
  ])("%j", (text) => {
    expect(() => parseTarget(text)).toThrow(TypeError);
    expect(() => parseTarget(text)).toThrow(
      `${JSON.stringify(text)} is not a target; allowed: "dns:///host:port", `,
    );
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: "TW_INVALID_TARGET" }));
  });

  test.each([undefined, null, 50_051, {}])("%j, from JavaScript", (target) => {
    expect(() => parseTarget(target as never)).toThrow(`${String(target)} is not a target; `);
  });
});

test("joinHostPort puts an IPv6 host in brackets", () => {
  expect([
    joinHostPort("::1", 1),
    joinHostPort("127.0.0.1", 1),
    joinHostPort("catalog", 1),
  ]).toEqual(["[::1]:1", "127.0.0.1:1", "catalog:1"]);
});
