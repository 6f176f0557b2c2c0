//! The live flipchart service.
