//! Where something stands in a file: a way through its tables, and the line it leads to.

use std::ops::Range;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

/// One step of a [`Place`].
#[derive(Debug, Clone, Copy)]
enum Step {
    Key(&'static str),
    At(usize),
}

/// A way from the top of a file to one value.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(Vec<Step>);

impl Place {
    /// Into a key of the table.
    pub(super) fn key(&self, key: &'static str) -> Self {
        self.then(Step::Key(key))
    }

    /// Into an entry of the list, from 0.
    pub(super) fn at(&self, n: usize) -> Self {
        self.then(Step::At(n))
    }

    fn then(&self, step: Step) -> Self {
        Self(self.0.iter().copied().chain([step]).collect())
    }
}

/// A file's tables with their places in the text.
pub(super) struct Tree<'a> {
    text: &'a str,
    top: Spanned<DeTable<'a>>,
}

impl<'a> Tree<'a> {
    /// Reads the form, not the meaning.
    pub(super) fn read(text: &'a str) -> Result<Self, Error> {
        Ok(Self { text, top: DeTable::parse(text)? })
    }

    /// The line of what `place` leads to, or of the last thing on the way that is there.
    pub(super) fn line(&self, place: &Place) -> usize {
        let mut table = Some(self.top.get_ref());
        let mut value: Option<&DeValue<'_>> = None;
        let mut span = None;
        for step in &place.0 {
            let next = match *step {
                Step::Key(key) => table.and_then(|table| table.get(key)),
                Step::At(n) => value.and_then(DeValue::as_array).and_then(|list| list.get(n)),
            };
            let Some(next) = next else { break };
            span = Some(next.span());
            value = Some(next.get_ref());
            table = next.get_ref().as_table();
        }
        line_of(self.text, span)
    }
}

/// Line of the first byte of `span`, from 1; without a span, of the top.
pub(super) fn line_of(text: &str, span: Option<Range<usize>>) -> usize {
    let start = span.map_or(0, |span| span.start).min(text.len());
    text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1
}
