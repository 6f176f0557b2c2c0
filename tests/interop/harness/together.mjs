/** Tests that mostly wait run beside each other: each has a service and clients of its own. */
export const concurrency = 4;
