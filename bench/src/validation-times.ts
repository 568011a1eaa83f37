import { readFileSync } from "node:fs";
import { createFileRegistry, type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator } from "@bufbuild/protovalidate";
import { messageCodec } from "@tightwire/codec";
import { SYSTEM, validate } from "@tightwire/core/runtime";
import { CheckedOrder } from "./gen/checked/bench/checked/v1/checked.js";
import { checkCheckedOrder } from "./gen/checked/bench/checked/v1/checked.rules.js";
import { table } from "./report.js";
import { sampleGetResponse } from "./sample.js";
import { timeAll } from "./time-all.js";

const IMAGE = new URL("../descriptors.binpb", import.meta.url);

/**
 * Measures the check of an order with 12 rules that keeps all of them, and of one that breaks
 * three, beside `@bufbuild/protovalidate`, which compiles rules when it starts and interprets them.
 */
export function validationTable(): string {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(IMAGE));
  const registry = createFileRegistry(set);
  const desc = registry.getMessage("bench.checked.v1.CheckedOrder") as DescMessage;
  const validator = createValidator({ registry });
  const codec = messageCodec(CheckedOrder);
  const { order } = sampleGetResponse("order-001");
  const valid = codec.create({ ...order, currency: "EUR" } as Parameters<typeof codec.create>[0]);
  const broken = codec.create({ ...valid, id: "", currency: "?", totalCents: -1n });
  const rows = [
    ["order that keeps 12 rules", valid, 0],
    ["order that breaks 3", broken, 3],
  ] as const;
  const ns = (value: number): string => Math.round(value).toLocaleString("en-US");
  return table(
    ["message", "bytes", "Tightwire", "protovalidate", "x protovalidate"],
    rows.map(([name, message, count]) => {
      const bytes = codec.encode(message);
      const theirs = fromBinary(desc, bytes);
      const found = validate(checkCheckedOrder, message, SYSTEM.clock)?.count ?? 0;
      const foundByThem = validator.validate(desc, theirs).violations?.length ?? 0;
      if (found !== count || foundByThem !== count)
        throw new Error(`${name}: ${found} and ${foundByThem} violations`);
      const [own = 0, other = 0] = timeAll([
        () => validate(checkCheckedOrder, message, SYSTEM.clock),
        () => validator.validate(desc, theirs),
      ]);
      return [name, ns(bytes.length), ns(own), ns(other), (other / own).toFixed(1)];
    }),
  );
}
