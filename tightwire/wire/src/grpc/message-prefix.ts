/**
 * Bytes before each message: whether it is compressed, and how long it is. Source: the gRPC over
 * HTTP/2 protocol document, "Length-Prefixed-Message".
 */
export const PREFIX_BYTES = 5;

/**
 * Why a call must end because of what its peer sent: a message larger than allowed (its length), a
 * flag that is none, or more bytes held for the connection than it may have.
 */
export type MessageFault =
  | { readonly kind: "large"; readonly bytes: number }
  | { readonly kind: "flag"; readonly flag: number }
  | { readonly kind: "held" };

/**
 * The length that a message's prefix declares, decided on before anything is buffered; or why there
 * will be no message.
 */
export function checkPrefix(
  bytes: Buffer,
  at: number,
  maxMessageBytes: number,
): number | MessageFault {
  const flag = bytes[at] as number;
  if (flag > 1) return { kind: "flag", flag };
  const length = bytes.readUInt32BE(at + 1);
  return length > maxMessageBytes ? { kind: "large", bytes: length } : length;
}
