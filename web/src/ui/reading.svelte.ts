/** How large the words are. */
export type Size = "everyday" | "large" | "extra";

/** How this tab shows its words: kept in the memory of the tab and nowhere else. */
export const reading = $state<{ size: Size; dark: boolean; spaced: boolean }>({ size: "everyday", dark: false, spaced: false });

/** Keeps the classes of the page's root in step with {@link reading}. Starts dark where the device is set to dark. */
export function followReading(root: HTMLElement): void {
  reading.dark = matchMedia("(prefers-color-scheme: dark)").matches;
  $effect(() => {
    root.classList.toggle("large", reading.size === "large");
    root.classList.toggle("extra", reading.size === "extra");
    root.classList.toggle("dark", reading.dark);
    root.classList.toggle("spaced", reading.spaced);
  });
}
