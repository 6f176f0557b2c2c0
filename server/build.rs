//! Nothing is built beforehand yet.

fn main() {}
