import { describe, expect, it } from "vitest";
import { describeFilms, describeShop } from "./banner.js";

const serving = (address: string) => ({
  kind: "serving" as const,
  address,
  database: "PGlite in ./data/x",
});

describe("what the launcher prints", () => {
  it("has a table, and commands that need no option on the usual ports", () => {
    const running = {
      catalog: serving("127.0.0.1:50051"),
      orders: serving("127.0.0.1:50052"),
      gateway: { kind: "serving", address: "127.0.0.1:8080" },
    } as const;
    expect(describeShop(running, "id-1")).toEqual([
      "",
      "  service  address          database",
      "  catalog  127.0.0.1:50051  PGlite in ./data/x",
      "  orders   127.0.0.1:50052  PGlite in ./data/x",
      "  gateway  127.0.0.1:8080",
      "",
      "try:",
      "  open http://127.0.0.1:8080/ in a browser",
      "  curl http://127.0.0.1:8080/v1/products/id-1",
      `  npx buf curl --protocol grpc --http2-prior-knowledge -d '{"id":"id-1"}' http://127.0.0.1:50051/shop.catalog.v1.CatalogService/GetProduct`,
      "  node packages/client/dist/cli/main.js products watch id-1",
      '  node packages/client/dist/cli/main.js orders place --name Ada --email ada@example.org --address "1 Road" --invoice "PO 1" id-1:2',
      "",
      "Ctrl-C stops it.",
    ]);
  });

  it("names other targets, and an address that means all as this machine", () => {
    const lines = describeShop(
      { catalog: serving("0.0.0.0:1"), orders: serving("[::]:2"), gateway: serving("0.0.0.0:3") },
      "x",
    ).join("\n");
    expect(lines).toContain("http://127.0.0.1:1/shop");
    expect(lines).toContain("http://127.0.0.1:3/v1/products/x");
    expect(lines).toContain("products watch x --catalog 127.0.0.1:1 --orders [::1]:2");
  });

  it("leaves out what cannot reach a socket file", () => {
    const lines = describeShop(
      { catalog: serving("unix:/a"), orders: serving("unix:/b"), gateway: serving("unix:/c") },
      "x",
    ).join("\n");
    expect(lines).not.toContain("curl");
    expect(lines).toContain("--catalog unix:/a --orders unix:/b");
  });

  it("counts every row of the source", () => {
    const fault = (row: number) => ({ row, field: "Title", reason: "none" });
    const films = { drafts: [], rejected: [fault(1)], omitted: [2, 3, 4, 5].map(fault) };
    expect(describeFilms(films, { present: 5, created: 3, refused: [fault(9)] })).toEqual([
      "films: 3 loaded, 5 were there, 2 of 10 rows refused",
      "         row 1, Title: none",
      "         row 9, Title: none",
      "       4 are without their release date",
      "         row 2, Title: none",
      "         row 3, Title: none",
      "         row 4, Title: none",
      "         and 1 more",
    ]);
  });
});
