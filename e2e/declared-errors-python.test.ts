import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { OrdersErrors, OrdersService } from "@shop/contracts/orders";
import { createChannel, createClient } from "@tightwire/client";
import { findError, RpcError } from "@tightwire/core";
import { createServer, implement } from "@tightwire/server";
import { errorOf } from "@tightwire/testing";
import { expect, onTestFinished, test } from "vitest";
import { PYTHON, pythonHas } from "./python.js";
import { repository } from "./shop-process.js";
import { transportInUse } from "./transport-in-use.js";

const PEER = join(import.meta.dirname, "declared_error_peer.py");
const IMAGES = ["gen/descriptors.binpb", "tightwire/gateway/descriptors.binpb"].map((path) =>
  join(repository, path),
);
const where = "(skipped where Debian's python3-grpcio is not installed)";
const testWithPython = test.skipIf(!pythonHas("grpc"));

testWithPython(`a client in Python reads a declared error and its detail ${where}`, async () => {
  const unused = (): never => {
    throw new RpcError("unimplemented", "not used");
  };
  const handlers = implement(OrdersService, {
    async placeOrder({ lines }, { errors }) {
      const products = lines.map(({ productId }) => ({ productId, reason: "2 wanted, 1 left" }));
      throw errors.outOfStock({ orderId: "o-7", products }, "nöt enough");
    },
    getOrder: unused,
    listOrders: unused,
    cancelOrder: unused,
    trackOrder: unused,
    quoteBasket: unused,
  });
  const server = createServer().add(OrdersService, handlers);
  onTestFinished(() => server.stopNow());
  const { address } = await server.listen("127.0.0.1:0", transportInUse().server());
  const { stdout } = await promisify(execFile)(PYTHON, [PEER, "client", ...IMAGES, address]);
  expect(JSON.parse(stdout)).toEqual({
    code: "FAILED_PRECONDITION",
    message: "nöt enough",
    reason: "OUT_OF_STOCK",
    domain: "shop.orders.v1",
    orderId: "o-7",
    products: [["alien", "2 wanted, 1 left"]],
    invalid: "INVALID_ARGUMENT",
    violations: [
      ["buyer", "REQUIRED"],
      ["lines", "REPEATED_MIN_ITEMS"],
      ["payment", "REQUIRED"],
    ],
  });
});

testWithPython(
  `an error that a service in Python declares is found by reason ${where}`,
  async () => {
    const service = spawn(PYTHON, [PEER, "server", ...IMAGES]);
    onTestFinished(() => void service.kill("SIGKILL"));
    const port = await new Promise<string>((resolve, reject) => {
      service.stdout.once("data", (chunk) => resolve(String(chunk).trim()));
      service.once("exit", () => reject(new Error("the service in Python ended")));
    });
    const channel = createChannel(`127.0.0.1:${port}`, { transport: transportInUse().client() });
    onTestFinished(() => channel.close());
    const orders = createClient(OrdersService, channel);
    const error = await errorOf(
      orders.placeOrder({
        requestId: "1",
        buyer: { name: "Ada", email: "ada@example.org", address: "1 Road" },
        lines: [{ productId: "alien", quantity: 1 }],
        payment: { $case: "invoice", value: { reference: "PO 1" } },
      }),
    );
    expect(error).toMatchObject({ code: "failed_precondition", message: "nothing left" });
    expect(findError(error, OrdersErrors)).toMatchObject({
      name: "outOfStock",
      detail: { orderId: "py-7", products: [{ productId: "alien", reason: "sold out" }] },
    });
  },
);
