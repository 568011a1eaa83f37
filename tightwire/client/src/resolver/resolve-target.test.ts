import { expect, test, vi } from "vitest";
import { resolveTarget, systemLookup } from "./resolve-target.js";
import { parseTarget } from "./target.js";

const lookup = vi.hoisted(() => vi.fn());
vi.mock("node:dns/promises", () => ({ lookup }));

test("a name has all of its addresses, and itself as the authority", async () => {
  lookup.mockResolvedValueOnce([
    { address: "10.0.0.2", family: 4 },
    { address: "10.0.0.1", family: 4 },
    { address: "fd00::1", family: 6 },
  ]);
  const endpoints = await resolveTarget(parseTarget("dns:///catalog:50051"), systemLookup);
  expect(endpoints).toEqual(
    ["10.0.0.2:50051", "[fd00::1]:50051", "10.0.0.1:50051"].map((address) => ({
      address,
      authority: "catalog:50051",
    })),
  );
  expect(lookup).toHaveBeenCalledWith("catalog", expect.objectContaining({ all: true }));
});

test.each([
  [
    "the family of the first address first",
    ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"],
    ["10.0.0.1", "fd00::1", "10.0.0.2", "10.0.0.3"],
  ],
  [
    "and whichever that is",
    ["fd00::1", "fd00::2", "10.0.0.1", "10.0.0.2", "10.0.0.3"],
    ["fd00::1", "10.0.0.1", "fd00::2", "10.0.0.2", "10.0.0.3"],
  ],
])("the families of a name's addresses take turns, %s", async (_, found, expected) => {
  const familyOf = (address: string): number => (address.includes(":") ? 6 : 4);
  lookup.mockResolvedValueOnce(found.map((address) => ({ address, family: familyOf(address) })));
  const endpoints = await resolveTarget(parseTarget("dns:///catalog:1"), systemLookup);
  const joined = expected.map((one) => (familyOf(one) === 6 ? `[${one}]:1` : `${one}:1`));
  expect(endpoints.map(({ address }) => address)).toEqual(joined);
});

test("a name without addresses rejects with the error of the resolver", async () => {
  lookup.mockRejectedValueOnce(new Error("getaddrinfo ENOTFOUND nowhere"));
  await expect(resolveTarget(parseTarget("nowhere:1"), systemLookup)).rejects.toThrow(
    "getaddrinfo ENOTFOUND nowhere",
  );
});

test("addresses and in-process targets are not looked up", async () => {
  lookup.mockClear();
  expect(await resolveTarget(parseTarget("static:///b:2,a:1"), systemLookup)).toEqual([
    { address: "b:2", authority: "b:2" },
    { address: "a:1", authority: "a:1" },
  ]);
  expect(await resolveTarget(parseTarget("unix:/x"), systemLookup)).toEqual([
    { address: "unix:/x", authority: "localhost" },
  ]);
  expect(await resolveTarget(parseTarget("in-process:"), systemLookup)).toEqual([
    { address: "in-process", authority: "in-process" },
  ]);
  expect(lookup).not.toHaveBeenCalled();
});
