import { createHash } from "node:crypto";
import type { Buyer, OrderLine, PlaceOrderRequest } from "@shop/contracts/orders";

/** A PlaceOrder request that has been checked. */
export interface CheckedOrder {
  readonly requestId: string;
  readonly buyer: Buyer;
  readonly lines: PlaceOrderRequest["lines"];
  readonly payment: NonNullable<PlaceOrderRequest["payment"]>;
}

/** An order to record. */
export interface NewOrder extends Omit<CheckedOrder, "lines"> {
  readonly id: string;
  readonly fingerprint: string;
  readonly lines: readonly OrderLine[];
}

/** The digits of a card's number that may be kept. */
export function lastDigits(cardNumber: string): string {
  return cardNumber.slice(-4);
}

/**
 * A hash that is equal for requests that order the same. Of a card it covers only what is stored
 * anyway: whoever reads the database could guess a whole number from its hash.
 */
export function fingerprintOf({ buyer, lines, payment }: CheckedOrder): string {
  const paid =
    payment.$case === "card"
      ? [lastDigits(payment.value.number), payment.value.expiryMonth, payment.value.expiryYear]
      : [payment.value.reference];
  const content = [
    buyer.name,
    buyer.email,
    buyer.address,
    lines.map(({ productId, quantity }) => [productId, quantity]),
    payment.$case,
    paid,
  ];
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url");
}

/** Sum of all lines, in cents. */
export function totalCents(lines: readonly OrderLine[]): bigint {
  return lines.reduce(
    (sum, { quantity, unitPriceCents }) => sum + BigInt(quantity) * unitPriceCents,
    0n,
  );
}
