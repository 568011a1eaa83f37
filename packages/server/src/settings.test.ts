import { describe, expect, it } from "vitest";
import { readCatalogConfig } from "./catalog/config.js";
import { readOrdersConfig } from "./orders/config.js";

describe("configuration", () => {
  it("has defaults, for empty variables too", () => {
    expect(readCatalogConfig({ DATA_DIR: "" }, [])).toEqual({
      address: "127.0.0.1:50051",
      dataDir: "./data",
      databaseUrl: undefined,
      logLevel: "info",
      transport: "wire",
    });
    expect(readOrdersConfig({}, [])).toMatchObject({
      address: "127.0.0.1:50052",
      catalogTarget: "127.0.0.1:50051",
    });
  });

  it("reads what is set; the flag wins over the variable", () => {
    const env = {
      CATALOG_ADDRESS: "unix:/tmp/a",
      LOG_LEVEL: "warn",
      DATABASE_URL: "postgres://h/d",
      TRANSPORT: "none",
    };
    expect(readCatalogConfig(env, ["--", "--transport", "grpc-js"])).toMatchObject({
      address: "unix:/tmp/a",
      logLevel: "warn",
      transport: "grpc-js",
    });
    expect(
      readOrdersConfig({ CATALOG_TARGET: "dns:///catalog:1", ORDERS_ADDRESS: "[::]:0" }, []),
    ).toMatchObject({
      catalogTarget: "dns:///catalog:1",
      address: "[::]:0",
    });
  });

  it.each([
    [
      { CATALOG_ADDRESS: "50051" },
      [],
      'CATALOG_ADDRESS is "50051", which is not an address such as 127.0.0.1:50051',
    ],
    [
      { CATALOG_ADDRESS: "127.0.0.1:65536" },
      [],
      'CATALOG_ADDRESS is "127.0.0.1:65536", which is not an address such as 127.0.0.1:50051',
    ],
    [{ LOG_LEVEL: "loud" }, [], 'LOG_LEVEL is "loud"; allowed: debug, info, warn, error, silent'],
    [{ TRANSPORT: "pigeon" }, [], 'TRANSPORT is "pigeon"; allowed: wire, grpc-js'],
    [{}, ["--transport", "pigeon"], '--transport is "pigeon"; allowed: wire, grpc-js'],
    [{}, ["--port", "1"], "the command line is not understood"],
  ])("names the invalid variable or flag: %j %j", (env, args, message) => {
    expect(() => readCatalogConfig(env, args)).toThrow(message);
  });
});
