/** Messages of a Fluent file by id. */
export function textsOf(source: string): Record<string, import("../src/words/text").Text>;
