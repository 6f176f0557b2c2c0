/** The desk by keyboard. Codes, not letters: Alt with a letter types another sign on some keyboards. */

export type Stroke =
  | { do: "pause" | "mirrored" | "help" | "new" | "undo" | "next" | "other" | "page-back" | "page-on" | "plan" }
  | { do: "section"; n: number };

/** What a key press asks of the desk; null = nothing. */
export function strokeOf(event: Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">, typing: boolean): Stroke | null {
  const { code, key, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (!altKey && !ctrlKey && !metaKey) {
    if (key === "F8") return { do: "pause" };
    if (key === "F9") return { do: "mirrored" };
    if (key === "?" && !typing) return { do: "help" };
    return null;
  }
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && code === "KeyZ") return { do: "undo" };
  if (!altKey || ctrlKey || metaKey) return null;
  if (code === "KeyN") return { do: "new" };
  if (code === "KeyJ") return { do: "other" };
  if (code === "KeyG") return { do: "next" };
  if (code === "PageUp") return { do: "page-back" };
  if (code === "PageDown") return { do: "page-on" };
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit === "0") return { do: "plan" };
  return digit ? { do: "section", n: Number(digit) } : null;
}

/** True where a key press belongs to words being typed. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type));
}
