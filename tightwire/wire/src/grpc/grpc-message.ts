const PLAIN = /^[!-$&-~](?:[ -$&-~]*[!-$&-~])?$/;
const ESCAPE = /%[0-9a-fA-F]{2}/;

/**
 * A status text as `grpc-message` carries it: UTF-8, with everything that a field value does not
 * hold percent-encoded, spaces at its ends too. Source: the gRPC over HTTP/2 protocol document,
 * "Status-Message".
 */
export function encodeGrpcMessage(text: string): string {
  if (text === "" || PLAIN.test(text)) return text;
  let encoded = "";
  const bytes = Buffer.from(text);
  bytes.forEach((byte, at) => {
    const atEnd = at === 0 || at === bytes.length - 1;
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x25;
    encoded +=
      plain || (byte === 0x20 && !atEnd)
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return encoded;
}

/**
 * A status text out of `grpc-message`. What is no escape stays as it is: a broken text is better
 * than none.
 */
export function decodeGrpcMessage(value: string): string {
  if (!ESCAPE.test(value)) return value;
  const bytes: number[] = [];
  for (let at = 0; at < value.length; at++) {
    const escaped = ESCAPE.exec(value.slice(at, at + 3));
    if (escaped?.index === 0) {
      bytes.push(Number.parseInt(value.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(value.charCodeAt(at));
  }
  return Buffer.from(bytes).toString();
}
