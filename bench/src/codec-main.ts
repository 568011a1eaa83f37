#!/usr/bin/env node
// Measures the codec under ts-proto's code beside @bufbuild/protobuf's and JSON, one after the
// other in one process: `pnpm bench:codec`. The table goes into docs/reference/benchmarks.md.
import { messageCodec } from "@tightwire/codec";
import * as stock from "./gen/grpc-js/bench/v1/bench.js";
import * as ours from "./gen/tightwire/bench/v1/bench.js";
import { changeInNumbers, getInNumbers, listInNumbers } from "./numbers.js";
import { rewritePage, table } from "./report.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "./sample.js";
import { PAGE } from "./save.js";
import { timeAll } from "./time-all.js";
import { validationTable } from "./validation-times.js";

interface Codec {
  encode(message: never): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

/** `plain` is what JSON is made of. */
function row(
  name: string,
  message: unknown,
  plain: object,
  theirs: Codec,
  ours: Parameters<typeof messageCodec>[0],
): string[] {
  const codec = messageCodec(ours);
  const bytes = theirs.encode(message as never).finish();
  if (Buffer.compare(codec.encode(message), bytes) !== 0)
    throw new Error(`${name} is encoded in two ways`);
  const json = JSON.stringify(plain);
  const figures = timeAll([
    () => theirs.encode(message as never).finish(),
    () => codec.encode(message),
    () => JSON.stringify(plain),
    () => theirs.decode(bytes),
    () => codec.decode(bytes),
    () => JSON.parse(json),
  ]);
  const [
    encodeStock = 0,
    encodeOurs = 0,
    encodeJson = 0,
    decodeStock = 0,
    decodeOurs = 0,
    decodeJson = 0,
  ] = figures;
  const ns = (value: number): string => Math.round(value).toLocaleString("en-US");
  const times = (one: number, other: number): string => (one / other).toFixed(2);
  const encoding = [
    ns(encodeStock),
    ns(encodeOurs),
    ns(encodeJson),
    times(encodeStock, encodeOurs),
  ];
  const decoding = [
    ns(decodeStock),
    ns(decodeOurs),
    ns(decodeJson),
    times(decodeStock, decodeOurs),
  ];
  return [name, ns(bytes.length), ...encoding, ...decoding];
}

const [order, list, change] = [
  sampleGetResponse("order-001"),
  sampleListResponse(500),
  sampleWatchResponse(12),
];
const request = { id: "order-001" };
const heads = [
  "message",
  "bytes",
  "encode, ts-proto",
  "this codec",
  "JSON",
  "x ts-proto",
  "decode, ts-proto",
  "this codec",
  "JSON",
  "x ts-proto",
];
const text = table(heads, [
  row("request, one string", request, request, stock.GetRequest, ours.GetRequest),
  row("order, 5 items", order, getInNumbers(order), stock.GetResponse, ours.GetResponse),
  row("list, 500 items", list, listInNumbers(list), stock.ListResponse, ours.ListResponse),
  row("change of stock", change, changeInNumbers(change), stock.WatchResponse, ours.WatchResponse),
]);
const validation = validationTable();
console.log(`${text}\n\n${validation}`);

const major = process.versions.node.split(".")[0];
const markers = {
  begin: `<!-- codec, Node ${major}: begin -->`,
  end: `<!-- codec, Node ${major}: end -->`,
};
rewritePage(PAGE, `Node.js ${process.version}, nanoseconds:\n\n${text}\n\n${validation}`, markers);
