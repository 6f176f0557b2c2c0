//! What of a long output tells why it failed. A check that shows only the end of a run still shows this.

use std::collections::VecDeque;

/// Lines of one failed test that are kept; a backtrace is longer and says less.
const A_TEST: usize = 12;
/// Lines of the list of failed tests that Node's runner ends with.
const A_LIST: usize = 80;
/// Lines kept of an output that names no test.
const LAST: usize = 20;

/// Reads an output line by line and keeps what tells why.
#[derive(Debug, Default)]
pub struct Reasons {
    kept: Vec<String>,
    /// So many of the next lines are kept.
    left: usize,
    last: VecDeque<String>,
}

impl Reasons {
    /// Takes the next line.
    pub fn read(&mut self, line: &str) {
        self.left = match line {
            _ if line.starts_with("---- ") => A_TEST,
            _ if line.contains("failing tests:") => A_LIST,
            _ => self.left,
        };
        // Where a fault was thrown is in the whole output.
        let is_place = line.trim_start().starts_with("at ");
        if self.left > 0 && !is_place {
            self.left -= 1;
            self.kept.push(line.to_owned());
        }
        self.last.push_back(line.to_owned());
        if self.last.len() > LAST {
            self.last.pop_front();
        }
    }

    /// What was kept; of an output that names no failed test, its end.
    pub fn told(self) -> String {
        let lines = if self.kept.is_empty() { self.last.into() } else { self.kept };
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(output: &str) -> String {
        let mut reasons = Reasons::default();
        output.lines().for_each(|line| reasons.read(line));
        reasons.told()
    }

    #[test]
    fn a_failed_test_is_told_and_what_passed_is_not() {
        let said = told("test a ... ok\n\n---- b stdout ----\nError: the row\n   at here\n");
        assert_eq!(said, "---- b stdout ----\nError: the row");
        let said = told("✔ one\n✖ failing tests:\n✖ two\n  TimeoutError: 15000 ms\n");
        assert_eq!(said, "✖ failing tests:\n✖ two\n  TimeoutError: 15000 ms");
    }

    #[test]
    fn an_output_without_tests_is_told_by_its_end() {
        let all: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        assert_eq!(told(&all.join("\n")), all[30..].join("\n"));
    }
}
