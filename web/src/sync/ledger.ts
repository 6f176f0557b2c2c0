export type ReadOnlyWhy = "no-pen" | "refused" | "closed" | "outdated";
export type Save =
  | { is: "saved" }
  | { is: "waiting"; changes: number }
  | { is: "offline"; changes: number }
  | { is: "read-only"; why: ReadOnlyWhy };
