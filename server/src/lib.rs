//! The live flipchart's service. Read in the order of the layers: `meeting` (values), `document` (the only importer of
//! yrs), `store` (the only importer of rusqlite), `room` (decisions), `socket` and `http` (the edge).

pub mod config;
pub mod document;
pub mod http;
pub mod meeting;
pub mod room;
pub mod serve;
pub mod set_up_key;
pub mod socket;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod wakes;
