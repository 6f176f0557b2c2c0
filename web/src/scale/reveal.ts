/** What a reveal says, as words and lists; no arithmetic on what it does not say. */
import "../words/scale";
import { words } from "../words";
import type { Numbers, Revealed, ShownNote, Third } from "../protocol/generated";
import type { RoundView } from "../model/types";
import type { Sealed } from "./asked";
import { unhex } from "./bytes";
import type { Fault, Shown } from "./check";
import { NOTHING } from "./round";

/** The notes as they are checked. */
export function shownOf(bundle: readonly ShownNote[]): Shown[] {
  return bundle.map(({ answer, key, signature }) => ({
    ...(answer === undefined ? {} : { answer: answer === NOTHING ? null : answer }), oneTimeKey: unhex(key), signature: unhex(signature),
  }));
}

/** What this browser has found. */
export type Verdict = "checking" | "right" | "not-here" | Fault;

/** Checks what one browser can (SEAL11). A page that was opened after the notes were shown has none to check. */
export async function verdictOf(sealed: Sealed, conference: string, round: RoundView, bundle: readonly ShownNote[] | null): Promise<Verdict> {
  const { revealed, key } = round;
  if (!bundle || !revealed || !key) return "not-here";
  const numbers = revealed.numbers.is === "each" ? revealed.numbers.numbers : [];
  if (bundle.length !== revealed.notes) return "other-numbers";
  return (await sealed.check({ conference, round: round.id, modulus: unhex(key) }, round.entitled, numbers, shownOf(bundle))) ?? "right";
}

/** How many notes say each number, by number. */
export function columns(numbers: readonly number[]): number[] {
  const counts = new Array<number>(11).fill(0);
  for (const number of numbers) counts[number] = (counts[number] ?? 0) + 1;
  return counts;
}

/** "4", or "4½" where it lies between two. */
export const halves = (doubled: number): string => (doubled === 1 ? "½" : `${Math.floor(doubled / 2)}${doubled % 2 ? "½" : ""}`);

/** Whether the middle is this number, or lies between it and the next. */
export const isMiddle = (doubled: number, number: number): boolean => Math.abs(doubled - 2 * number) < 2;

/** The thirds of the line. */
export const THIRDS: readonly Third[] = ["low", "middle", "high"];
export const RANGES: Record<Third, string> = { low: "0–3", middle: "4–6", high: "7–10" };

/** With a number. */
export const withNumber = (revealed: Revealed): number => revealed.notes - revealed.without_number;

/** "9 notes, no names", or "7 with a number, 2 without". */
const howMany = (revealed: Revealed): string =>
  revealed.without_number ? words("scale-sum-with", { count: withNumber(revealed), without: revealed.without_number }) : words("scale-sum", { count: revealed.notes });

/** "9 notes, no names. Middle 4, lowest 2, highest 7." */
export function sumOf(revealed: Revealed): string {
  const more = moreOf(revealed.numbers);
  return `${howMany(revealed)}. ${more.charAt(0).toUpperCase()}${more.slice(1)}.`;
}

/** The same in the parts of a wall's foot. */
export function footOf(revealed: Revealed): string[] {
  return revealed.numbers.is === "too-few" ? [howMany(revealed)] : [howMany(revealed), moreOf(revealed.numbers)];
}

/** What is said of the numbers beside how many there are. */
export function moreOf(numbers: Numbers): string {
  switch (numbers.is) {
    case "too-few":
      return words("scale-few");
    case "bands": {
      const [from, to] = numbers.middle;
      return from === to ? words("scale-sum-band", { band: RANGES[from] }) : words("scale-sum-bands", { from: RANGES[from], to: RANGES[to] });
    }
    case "each":
      return words("scale-sum-each", { middle: halves(numbers.middle_doubled), lowest: numbers.numbers[0] ?? 0, highest: numbers.numbers.at(-1) ?? 0 });
  }
}

/**
 * The framework's question once the numbers are seen, with the middle one in it (F99). Null where there is none, and where
 * the question would set it beside itself: "at a 10 not a 10".
 */
export function thenOf(then: string | null, { numbers }: Revealed): string | null {
  if (!then?.includes("{middle}")) return then;
  if (numbers.is !== "each") return null;
  const middle = halves(numbers.middle_doubled);
  return then.match(/\d+/g)?.includes(middle) ? null : then.replaceAll("{middle}", middle);
}
