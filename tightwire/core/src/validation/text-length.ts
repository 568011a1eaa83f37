/** Whether a text has fewer characters (Unicode code points) than `least`. */
export function isShorter(text: string, least: number): boolean {
  const { length } = text;
  // A character takes one or two units of UTF-16: most texts need not be counted.
  return length < least || (length < 2 * least && countCharacters(text) < least);
}

/** Whether a text has more characters (Unicode code points) than `most`. */
export function isLonger(text: string, most: number): boolean {
  const { length } = text;
  return length > most && (length > 2 * most || countCharacters(text) > most);
}

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPair(text, index)) {
      bytes += 2; // four bytes for two units
      index++;
    } else bytes += 2;
  }
  return bytes;
}

function countCharacters(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    if (isPair(text, index)) index++;
    count++;
  }
  return count;
}

function isPair(text: string, index: number): boolean {
  return (
    (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
  );
}
