const EMAIL =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

/**
 * Whether a text is an email address. Source: HTML, "valid email address", which is narrower than
 * RFC 5322.
 */
export function isEmail(text: string): boolean {
  return EMAIL.test(text);
}
