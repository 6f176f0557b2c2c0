/** Nothing of a sealed note outlives its person's part in the conference: its seed is all that a tab keeps. */
export const eraseSeeds = (): void => sessionStorage.clear();

/** Whether this tab keeps one. */
export const keepsSeed = (): boolean => sessionStorage.length > 0;

addEventListener("leave", eraseSeeds);
