import type { Buyer, CardPayment, PlaceOrderRequest } from "@shop/contracts/orders";
import { checkLines, checkText, MAX_ID_LENGTH } from "../requests/checks.js";
import { createViolations, type Violations } from "../requests/violations.js";
import type { CheckedOrder } from "./new-order.js";

const MAX_TEXT = 500;

/**
 * Checks a PlaceOrder request. INVALID_ARGUMENT lists all its faults and quotes nothing that the
 * buyer wrote.
 */
export function checkOrder({ requestId, buyer, lines, payment }: PlaceOrderRequest): CheckedOrder {
  const violations = createViolations();
  checkText(violations, "request_id", requestId, 1, MAX_ID_LENGTH);
  if (violations.expect(buyer !== undefined, "buyer", "must be there") && buyer !== undefined)
    checkBuyer(violations, buyer);
  checkLines(violations, "lines", lines);
  violations.expect(payment !== undefined, "payment", "must be there: card or invoice");
  if (payment?.$case === "card") checkCard(violations, payment.value);
  if (payment?.$case === "invoice")
    checkText(violations, "invoice.reference", payment.value.reference, 1, MAX_ID_LENGTH);
  violations.throwIfAny();
  if (buyer === undefined || payment === undefined)
    throw new TypeError("unreachable: both were checked");
  return { requestId, buyer, lines, payment };
}

function checkBuyer(violations: Violations, buyer: Buyer): void {
  checkText(violations, "buyer.name", buyer.name, 1, MAX_TEXT);
  checkText(violations, "buyer.email", buyer.email, 1, MAX_TEXT);
  violations.expect(
    /^[^\s@]+@[^\s@]+$/.test(buyer.email),
    "buyer.email",
    "must be an email address",
  );
  checkText(violations, "buyer.address", buyer.address, 1, MAX_TEXT);
}

function checkCard(violations: Violations, { number, expiryMonth, expiryYear }: CardPayment): void {
  violations.expect(/^\d{12,19}$/.test(number), "card.number", "must be 12 to 19 digits");
  violations.expect(expiryMonth >= 1 && expiryMonth <= 12, "card.expiry_month", "must be 1 to 12");
  violations.expect(
    expiryYear >= 1000 && expiryYear <= 9999,
    "card.expiry_year",
    "must be a year of four digits",
  );
}
