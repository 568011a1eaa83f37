/** Something that the gateway has to show by itself. */
export interface Page {
  readonly headers: Readonly<Record<string, string>>;
  content(): string | Buffer;
}
