/** Whose name is being corrected, and how it reads now. */
export type Naming = { kind: "attendee"; id: string; name: string } | { kind: "child"; id: string; name: string; firstName: string };
