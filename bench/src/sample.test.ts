import { expect, test } from "vitest";
import * as bare from "./gen/grpc-js/bench/v1/bench.js";
import { GetResponse, ListResponse, WatchResponse } from "./gen/tightwire/bench/v1/bench.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "./sample.js";

test("the messages have the sizes that are told", () => {
  expect(GetResponse.encode(sampleGetResponse("order-001")).finish()).toHaveLength(367);
  const list = ListResponse.encode(sampleListResponse(500)).finish().length;
  expect(list).toBeGreaterThan(62 * 1024);
  expect(list).toBeLessThan(66 * 1024);
  expect(WatchResponse.encode(sampleWatchResponse(999)).finish().length).toBeLessThanOrEqual(26);
});

test("both kinds of generated code write the same bytes", () => {
  const response = sampleGetResponse("order-001");
  expect(bare.GetResponse.encode(response).finish()).toEqual(GetResponse.encode(response).finish());
});
