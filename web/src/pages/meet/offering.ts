/** What only somebody who may offer something needs. */
import "../../words/offering";

export { default as MyOffers } from "./MyOffers.svelte";
export { default as OfferNote } from "./OfferNote.svelte";
export { default as OfferRow } from "./OfferRow.svelte";
