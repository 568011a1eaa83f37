import type { Order, OrderLine } from "@shop/contracts/orders";
import type { Selectable } from "kysely";
import { toTimestamp } from "../timestamp.js";
import type { OrderLineTable, OrderTable } from "./tables.js";

/** Why an order was rejected: a product and the reason. */
export interface Refusal {
  readonly productId: string;
  readonly reason: string;
}

/** An order with the fields that only this service knows. */
export interface StoredOrder {
  readonly order: Order;
  readonly fingerprint: string;
  readonly attempt: number;
  /** Why it was rejected; empty otherwise. */
  readonly refusals: readonly Refusal[];
}

/** A row and its lines, in their order. */
export function toStoredOrder(
  row: Selectable<OrderTable>,
  lines: readonly Selectable<OrderLineTable>[],
): StoredOrder {
  return {
    fingerprint: row.fingerprint,
    attempt: row.attempt,
    refusals: row.refusals === null ? [] : (JSON.parse(row.refusals) as Refusal[]),
    order: {
      id: row.id,
      status: row.status,
      buyer: { name: row.buyer_name, email: row.buyer_email, address: row.buyer_address },
      lines: lines.map(toLine),
      payment: toPayment(row),
      totalCents: row.total_cents,
      createTime: toTimestamp(row.create_time),
      updateTime: toTimestamp(row.update_time),
    },
  };
}

function toLine(row: Selectable<OrderLineTable>): OrderLine {
  return {
    productId: row.product_id,
    title: row.title,
    quantity: row.quantity,
    unitPriceCents: row.unit_price_cents,
  };
}

function toPayment(row: Selectable<OrderTable>): Order["payment"] {
  if (row.invoice_reference !== null)
    return { $case: "invoice", value: { reference: row.invoice_reference } };
  const value = {
    number: row.card_last_digits ?? "",
    expiryMonth: row.card_expiry_month ?? 0,
    expiryYear: row.card_expiry_year ?? 0,
  };
  return { $case: "card", value };
}
