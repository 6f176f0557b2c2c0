//! The byte encoding of Yjs and of Hocuspocus frames (lib0): a reader that borrows, and a writer.
//!
//! The reader allocates nothing: a declared length or count is compared with the bytes that are left before it is
//! believed (SPEC SCAN1).

/// Highest number a browser can hold exactly; lib0 refuses more.
const SAFE_INTEGER: u64 = (1 << 53) - 1;

/// What is wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes end inside the field.
    #[error("the bytes end too early")]
    Short,
    /// A number beyond 53 bits, or beyond what this field may hold.
    #[error("the number is too big")]
    TooBig,
    /// A number written with more bytes than it needs: two spellings of one number are a way round a filter.
    #[error("the number is written with more bytes than it needs")]
    Overlong,
    /// Not UTF-8.
    #[error("the text is not UTF-8")]
    NotText,
    /// A count that the bytes left cannot hold.
    #[error("{0} were announced, more than the bytes that follow can hold")]
    Count(u64),
    /// A value that this field does not take.
    #[error("{0} is not taken here")]
    Unknown(u64),
    /// Bytes after the end.
    #[error("{0} bytes follow the end")]
    Trailing(usize),
}

/// A frame, update, state vector or awareness that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}, byte {at}: {fault}")]
pub struct DecodeError {
    /// Which field was expected.
    pub field: &'static str,
    /// Where it began, in bytes from the start of what was given.
    pub at: usize,
    /// What was found instead.
    pub fault: Fault,
}

/// Reads lib0 bytes from front to back.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes not yet read.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Bytes already read.
    pub fn position(&self) -> usize {
        self.at
    }

    fn fail<T>(&self, field: &'static str, at: usize, fault: Fault) -> Result<T, DecodeError> {
        Err(DecodeError { field, at, fault })
    }

    /// One byte.
    pub fn byte(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        match self.bytes.get(self.at) {
            Some(&byte) => {
                self.at += 1;
                Ok(byte)
            }
            None => self.fail(field, self.at, Fault::Short),
        }
    }

    /// `count` bytes as they are.
    pub fn take(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], DecodeError> {
        if count > self.left() {
            return self.fail(field, self.at, Fault::Short);
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    /// An unsigned number of at most 53 bits, in its shortest form.
    pub fn number(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        let start = self.at;
        let mut number = 0u64;
        let mut shift = 0;
        loop {
            let byte = self.byte(field)?;
            number |= u64::from(byte & 0x7f) << shift;
            if number > SAFE_INTEGER || shift > 49 {
                return self.fail(field, start, Fault::TooBig);
            }
            if byte < 0x80 {
                let overlong = byte == 0 && shift > 0;
                return if overlong { self.fail(field, start, Fault::Overlong) } else { Ok(number) };
            }
            shift += 7;
        }
    }

    /// An unsigned number of at most 32 bits, in its shortest form.
    pub fn number32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        let start = self.at;
        let number = self.number(field)?;
        u32::try_from(number).or_else(|_| self.fail(field, start, Fault::TooBig))
    }

    /// A number of things that follow, each at least `smallest` bytes long.
    pub fn count(&mut self, smallest: u64, field: &'static str) -> Result<u64, DecodeError> {
        let start = self.at;
        let count = self.number(field)?;
        if count.saturating_mul(smallest) > self.left() as u64 {
            return self.fail(field, start, Fault::Count(count));
        }
        Ok(count)
    }

    /// A signed number of at most 53 bits, in its shortest form.
    pub fn signed(&mut self, field: &'static str) -> Result<i64, DecodeError> {
        let start = self.at;
        let first = self.byte(field)?;
        let negative = first & 0x40 != 0;
        let mut number = i64::from(first & 0x3f);
        let mut shift = 6;
        let mut more = first & 0x80 != 0;
        while more {
            let byte = self.byte(field)?;
            if shift > 48 {
                return self.fail(field, start, Fault::TooBig);
            }
            number |= i64::from(byte & 0x7f) << shift;
            if number > SAFE_INTEGER as i64 {
                return self.fail(field, start, Fault::TooBig);
            }
            more = byte & 0x80 != 0;
            if !more && byte == 0 {
                return self.fail(field, start, Fault::Overlong);
            }
            shift += 7;
        }
        Ok(if negative { -number } else { number })
    }

    /// A length and that many bytes.
    pub fn buffer(&mut self, field: &'static str) -> Result<&'a [u8], DecodeError> {
        let start = self.at;
        let length = self.number(field)?;
        match usize::try_from(length) {
            Ok(length) if length <= self.left() => self.take(length, field),
            _ => self.fail(field, start, Fault::Short),
        }
    }

    /// A length in bytes and that much UTF-8.
    pub fn text(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        let start = self.at;
        let bytes = self.buffer(field)?;
        std::str::from_utf8(bytes).or_else(|_| self.fail(field, start, Fault::NotText))
    }

    /// Nothing may follow.
    pub fn end(&self, field: &'static str) -> Result<(), DecodeError> {
        if self.left() > 0 { self.fail(field, self.at, Fault::Trailing(self.left())) } else { Ok(()) }
    }

    /// The error for a value of `field` that is not taken; `at` is where the value began.
    pub fn unknown<T>(&self, field: &'static str, at: usize, value: u64) -> Result<T, DecodeError> {
        self.fail(field, at, Fault::Unknown(value))
    }
}

/// Writes lib0 bytes.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Room for `bytes` without growing.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes) }
    }

    /// An unsigned number.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number as u8 & 0x7f) | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// A signed number.
    pub fn signed(&mut self, number: i64) {
        let sign = if number < 0 { 0x40 } else { 0 };
        let mut rest = number.unsigned_abs();
        let more = if rest > 0x3f { 0x80 } else { 0 };
        self.bytes.push(more | sign | (rest as u8 & 0x3f));
        rest >>= 6;
        while rest > 0 {
            let more = if rest > 0x7f { 0x80 } else { 0 };
            self.bytes.push(more | (rest as u8 & 0x7f));
            rest >>= 7;
        }
    }

    /// A length and bytes.
    pub fn buffer(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    /// A length and UTF-8.
    pub fn text(&mut self, text: &str) {
        self.buffer(text.as_bytes());
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
