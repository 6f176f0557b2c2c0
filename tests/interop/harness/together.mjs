/** Tests that mostly wait run beside each other: each has a service and clients of its own. */
export const concurrency = 6;
/** So do all that there are of each of these kinds of client. */
export const kindsBeside = 2;
