/** The save state in words. It never says "saved" before the service has. `more` says what to do while the disk is full (SPEC STO16). */

import type { Save } from "../../model/types";
import { words } from "../../words";

export function saveWords(save: Save, full: boolean): { state: "saved" | "waiting" | "locked"; text: string; more?: string } {
  if (full && (save.is === "waiting" || save.is === "saved")) return { state: "waiting", text: words("save-full"), more: words("save-full-more") };
  switch (save.is) {
    case "saved":
      return { state: "saved", text: words("save-saved") };
    case "waiting":
      return { state: "waiting", text: words("save-waiting", { count: save.changes }) };
    case "offline":
      return { state: "waiting", text: save.changes > 0 ? words("save-offline", { count: save.changes }) : words("save-offline-none") };
    case "read-only":
      switch (save.why) {
        case "no-pen":
          return { state: "locked", text: words("save-no-pen") };
        case "refused":
          return { state: "locked", text: words("save-refused") };
        case "closed":
          return { state: "locked", text: words("save-closed") };
        case "outdated":
          return { state: "locked", text: words("save-outdated") };
      }
  }
}
