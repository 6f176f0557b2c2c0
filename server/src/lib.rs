//! The live flipchart's service. Read in the order of the layers: `meeting` (values), `document` (the only importer of
//! yrs), `store` (the only importer of rusqlite), `room` (decisions), `socket` and `http` (the edge).

pub mod document;
pub mod meeting;
pub mod room;
pub mod store;
