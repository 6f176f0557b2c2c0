/** Nothing of a sealed note outlives its person's part in the conference: its seed is all that a tab keeps. */
export const eraseSeeds = (): void => sessionStorage.clear();

addEventListener("leave", eraseSeeds);
