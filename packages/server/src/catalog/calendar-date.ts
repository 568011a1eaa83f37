import type { CalendarDate } from "@shop/contracts/catalog";
import type { Violations } from "../requests/violations.js";

/** Checks that a day, if it is set, exists in the calendar, from the year 1 to 9999. */
export function checkDay(
  violations: Violations,
  field: string,
  day: CalendarDate | undefined,
): void {
  if (day === undefined) return;
  violations.expect(isDay(day), field, "is not a day of the calendar");
}

function isDay({ year, month, day }: CalendarDate): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day <= days;
}
