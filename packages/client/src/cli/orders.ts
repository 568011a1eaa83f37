import { randomUUID } from "node:crypto";
import { type Order, OrderStatus } from "@shop/contracts/orders";
import type { Command } from "./command.js";
import { parseBasketLine, parsePayment, parseStatus } from "./order-arguments.js";
import { formatCents, formatTime, type Row } from "./output.js";

const place: Command = {
  usage:
    "orders place --name <name> --email <address> --address <address> (--invoice <reference> | --card <number> --expiry <MM/YYYY>) [--request-id <id>] <id>[:<quantity>]...",
  summary: "orders films; a second time with the same request id orders nothing more",
  flags: {
    name: "string",
    email: "string",
    address: "string",
    invoice: "string",
    card: "string",
    expiry: "string",
    "request-id": "string",
  },
  operands: { least: 1, most: 100 },
  async run({ orders, operands, flag, output, signal }) {
    const request = {
      requestId: flag("request-id") ?? randomUUID(),
      buyer: {
        name: flag("name") ?? "",
        email: flag("email") ?? "",
        address: flag("address") ?? "",
      },
      lines: operands.map(parseBasketLine),
      payment: parsePayment(flag),
    };
    const { order } = await orders.placeOrder(request, { signal });
    output.print(order, order === undefined ? [] : details(order));
  },
};

const get: Command = {
  usage: "orders get <id>",
  summary: "one order",
  flags: {},
  operands: { least: 1, most: 1 },
  async run({ orders, operands: [id = ""], output, signal }) {
    const { order } = await orders.getOrder({ id }, { signal });
    output.print(order, order === undefined ? [] : details(order));
  },
};

const list: Command = {
  usage:
    "orders list [--status <status>] [--email <address>] [--page-size <n>] [--page-token <token>]",
  summary: "orders, the newest first, a page at a time",
  flags: { status: "string", email: "string", "page-size": "string", "page-token": "string" },
  operands: { least: 0, most: 0 },
  async run({ orders, flag, number, output, signal }) {
    const status = flag("status");
    const filter = {
      statuses: status === undefined ? [] : [parseStatus(status)],
      email: flag("email"),
    };
    const response = await orders.listOrders(
      { filter, pageSize: number("page-size") ?? 0, pageToken: flag("page-token") ?? "" },
      { signal },
    );
    output.print(response, response.orders.map(toRow));
    output.note(`${response.orders.length} of ${response.totalSize}`);
    if (response.nextPageToken !== "")
      output.note(`next page: --page-token ${response.nextPageToken}`);
  },
};

const cancel: Command = {
  usage: "orders cancel <id>",
  summary: "cancels an order and gives its stock back",
  flags: {},
  operands: { least: 1, most: 1 },
  async run({ orders, operands: [id = ""], output, signal }) {
    const { order } = await orders.cancelOrder({ id }, { signal });
    output.print(order, order === undefined ? [] : details(order));
  },
};

const track: Command = {
  usage: "orders track <id>",
  summary: "an order's status, now and at every change, until it is final or Ctrl-C",
  flags: {},
  operands: { least: 1, most: 1 },
  async run({ orders, operands: [id = ""], output, signal }) {
    for await (const change of orders.trackOrder({ id }, { signal })) {
      output.printLine(change, [formatTime(change.changeTime), change.id, nameOf(change.status)]);
    }
  },
};

/** `shop orders …` */
export const orderCommands: readonly Command[] = [place, get, list, cancel, track];

function toRow(order: Order): Row {
  return {
    id: order.id,
    status: nameOf(order.status),
    placed: formatTime(order.createTime),
    buyer: order.buyer?.name ?? "",
    total: formatCents(order.totalCents),
  };
}

function details(order: Order): Row[] {
  const facts = Object.entries(toRow(order)).map(([field, value]) => ({ field, value }));
  const lines = order.lines.map((line) => ({
    field: "line",
    value: `${line.quantity} x ${line.title} (${line.productId}) at ${formatCents(line.unitPriceCents)}`,
  }));
  return [...facts, ...lines];
}

function nameOf(status: OrderStatus): string {
  const [name = String(status)] =
    Object.entries(OrderStatus).find(([, value]) => value === status) ?? [];
  return name.replace("ORDER_STATUS_", "").toLowerCase();
}
