/**
 * The id of the reservation that an attempt makes in the catalog: derived, so that whoever repairs
 * an order finds it.
 */
export function reservationId(orderId: string, attempt: number): string {
  return `order-${orderId}-${attempt}`;
}
