//! Plain values inside an update.

use super::ScanError;
use crate::lib0::Reader;
use crate::limits::{KEY_BYTES, VALUE_DEPTH};

/// An object or array that is being read.
#[derive(Clone, Copy, Default)]
struct Open {
    left: u64,
    keyed: bool,
}

/// Reads over one plain value. Only what JSON knows, and `undefined`.
pub fn pass_value(reader: &mut Reader<'_>) -> Result<(), ScanError> {
    let mut open = [Open::default(); VALUE_DEPTH as usize];
    let mut depth = 0;
    loop {
        let container = match reader.byte("kind of value")? {
            // undefined, null, false, true
            127 | 126 | 121 | 120 => None,
            125 => {
                reader.signed("whole number")?;
                None
            }
            124 => {
                reader.take(4, "number")?;
                None
            }
            123 => {
                reader.take(8, "number")?;
                None
            }
            119 => {
                reader.text("text value")?;
                None
            }
            118 => Some(Open { left: reader.count(2, "object")?, keyed: true }),
            117 => Some(Open { left: reader.count(1, "array")?, keyed: false }),
            // 122 a big integer, 116 raw bytes: a browser that turns them into JSON stops with an error.
            _ => return Err(ScanError::Value("only what JSON can hold")),
        };
        if let Some(container) = container {
            if depth == open.len() {
                return Err(ScanError::Value("nested too deeply"));
            }
            open[depth] = container;
            depth += 1;
        }
        while depth > 0 && open[depth - 1].left == 0 {
            depth -= 1;
        }
        if depth == 0 {
            return Ok(());
        }
        let inner = &mut open[depth - 1];
        inner.left -= 1;
        if inner.keyed && read_key(reader, "key of an object")? == "__proto__" {
            return Err(ScanError::Value("the key __proto__ changes an object in a browser"));
        }
    }
}

/// A key of a map or an object.
pub fn read_key<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a str, ScanError> {
    let key = reader.text(field)?;
    if key.len() > KEY_BYTES { Err(ScanError::Key(key.len())) } else { Ok(key) }
}
