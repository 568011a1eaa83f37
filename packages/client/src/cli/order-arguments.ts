import { OrderStatus, type PlaceOrderRequest } from "@shop/contracts/orders";
import { UsageError } from "./command.js";

/** `<id>` or `<id>:<quantity>`. Throws a {@link UsageError}. */
export function parseBasketLine(text: string): { productId: string; quantity: number } {
  const [, productId = "", quantity = "1"] = /^([^:]+)(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (productId === "")
    throw new UsageError(`"${text}" is not a film and its quantity: write <id> or <id>:<quantity>`);
  return { productId, quantity: Number(quantity) };
}

/** The payment that the flags describe. Throws a {@link UsageError} unless there is exactly one. */
export function parsePayment(
  flag: (name: string) => string | undefined,
): PlaceOrderRequest["payment"] {
  const [invoice, card] = [flag("invoice"), flag("card")];
  if ((invoice === undefined) === (card === undefined))
    throw new UsageError(
      "say how it is paid: --invoice <reference>, or --card <number> --expiry <MM/YYYY>",
    );
  if (card === undefined) return { $case: "invoice", value: { reference: invoice ?? "" } };
  const [, month, year] = /^(\d{1,2})\/(\d{4})$/.exec(flag("expiry") ?? "") ?? [];
  if (month === undefined) throw new UsageError("--card needs --expiry <MM/YYYY>");
  return {
    $case: "card",
    value: { number: card, expiryMonth: Number(month), expiryYear: Number(year) },
  };
}

const STATUSES: Readonly<Record<string, OrderStatus>> = {
  pending: OrderStatus.ORDER_STATUS_PENDING,
  confirmed: OrderStatus.ORDER_STATUS_CONFIRMED,
  cancelled: OrderStatus.ORDER_STATUS_CANCELLED,
  rejected: OrderStatus.ORDER_STATUS_REJECTED,
};

/** A status by its name. Throws a {@link UsageError} that lists them. */
export function parseStatus(text: string): OrderStatus {
  const status = STATUSES[text];
  if (status === undefined)
    throw new UsageError(`"${text}" is not a status: ${Object.keys(STATUSES).join(", ")} are`);
  return status;
}
