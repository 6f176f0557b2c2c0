import { compare, type Bytes } from "./bytes";
import { bindingOf, messageOf, NOTHING, publicKeyOf, verifies, type Answer, type Round } from "./round";

/** A note as every browser gets it after the reveal. */
export interface Shown {
  /** What it says; absent where answers are not shown one by one. */
  readonly answer?: Answer;
  readonly oneTimeKey: Bytes;
  readonly signature: Bytes;
}

/** What is wrong with a bundle. */
export type Fault = "unsigned" | "twice" | "too-many" | "unsorted" | "other-numbers";

/**
 * Checks all that one browser can (SEAL11): signatures, that no note is there twice, count, order, and that the notes say
 * the numbers on the screens. `numbers` are those shown one by one, lowest first, and empty where they are not.
 */
export async function check(round: Round, entitled: number, numbers: readonly number[], bundle: readonly Shown[]): Promise<Fault | undefined> {
  if (bundle.length > entitled) return "too-many";
  const key = await publicKeyOf(round);
  const binding = await bindingOf(round);
  const places: { answer: number; message: Bytes }[] = [];
  for (const shown of bundle) {
    const message = await messageOf(binding, shown.oneTimeKey);
    if (!(await verifies(key, message, shown.signature))) return "unsigned";
    places.push({ answer: shown.answer === undefined ? -1 : (shown.answer ?? NOTHING), message });
  }
  if (new Set(places.map((place) => place.message.join())).size < places.length) return "twice";
  const sorted = places.every((place, n) => {
    const before = places[n - 1];
    return !before || before.answer < place.answer || (before.answer === place.answer && compare(before.message, place.message) < 0);
  });
  if (!sorted) return "unsorted";
  const said = places.map((place) => place.answer).filter((answer) => answer >= 0 && answer <= 10);
  return said.length === numbers.length && said.every((number, n) => number === numbers[n]) ? undefined : "other-numbers";
}
