// What `scripts/fluent.mjs` makes of a Fluent message, and how it is read: a part is text, an argument, or one of
// several texts by an argument's value or its plural form; "" is the case that always fits.

/** A message. */
export type Text = string | readonly Part[];
type Part = string | { readonly of: string; readonly cases?: Readonly<Record<string, Text>> };

const plural = new Intl.PluralRules("en-GB");
const number = new Intl.NumberFormat("en-GB");

/** The words of a message with its arguments put in. */
export function read(text: Text, values: Readonly<Record<string, string | number>> = {}): string {
  if (typeof text === "string") return text;
  return text.map((part) => {
    if (typeof part === "string") return part;
    const value = values[part.of];
    if (value === undefined) throw new Error(`No value for ${part.of}`);
    if (!part.cases) return typeof value === "number" ? number.format(value) : value;
    const fits = part.cases[value] ?? (typeof value === "number" ? part.cases[plural.select(value)] : undefined) ?? part.cases[""];
    return read(fits ?? "", values);
  }).join("");
}
