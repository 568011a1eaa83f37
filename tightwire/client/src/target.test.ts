import { describe, expect, test } from "vitest";
import { joinHostPort, parseTarget } from "./target.js";

describe("a name is looked up", () => {
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

describe("addresses are taken as they stand, in their order", () => {
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
  ])("%s, whose calls name localhost", (text, address) => {
    expect(parseTarget(text)).toEqual({
      scheme: "static",
      endpoints: [{ address, authority: "localhost" }],
      text,
    });
  });
});

test.each(["in-process:", "in-process:catalog"])("%s is no address", (text) => {
  expect(parseTarget(text)).toEqual({ scheme: "in-process", text });
});

describe("anything else is refused, and the forms that there are are named", () => {
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
    "xds:///catalog",
  ])("%j", (text) => {
    expect(() => parseTarget(text)).toThrow(TypeError);
    expect(() => parseTarget(text)).toThrow(
      `${JSON.stringify(text)} is not a target: "dns:///host:port", `,
    );
  });

  test("a unix target without a path", () => {
    expect(() => parseTarget("unix:")).toThrow(
      new TypeError('"unix:" names no socket: unix:/path does'),
    );
  });
});

test("an IPv6 host and its port are joined in brackets", () => {
  expect([
    joinHostPort("::1", 1),
    joinHostPort("127.0.0.1", 1),
    joinHostPort("catalog", 1),
  ]).toEqual(["[::1]:1", "127.0.0.1:1", "catalog:1"]);
});
