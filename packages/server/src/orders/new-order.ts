import { createHash } from "node:crypto";
import type { Buyer, OrderLine, PlaceOrderRequest } from "@shop/contracts/orders";

/** A PlaceOrder request that has been checked. */
export interface CheckedOrder {
  readonly requestId: string;
  readonly buyer: Buyer;
  readonly lines: PlaceOrderRequest["lines"];
  readonly payment: NonNullable<PlaceOrderRequest["payment"]>;
}

/** An order that is to be recorded. */
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
 * Equal for requests that ask for the same. Of a card only what is kept anyway goes in: a hash of a
 * whole number is soon guessed by whoever reads the database.
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
