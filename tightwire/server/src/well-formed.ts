/**
 * A text as UTF-8 carries it: an unpaired surrogate becomes U+FFFD. Status messages go through it,
 * because grpc-js throws for unpaired surrogates and in process nothing else would replace them.
 */
export function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text;
}
