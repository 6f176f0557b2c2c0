/** True where every conference of this service is for practice: its page says so from the first address on (P25). */
export const isPractice: boolean = typeof document !== "undefined" && "practice" in document.documentElement.dataset;
