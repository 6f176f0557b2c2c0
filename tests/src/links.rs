//! Links as the service prints them and people open them.

use protocol::id::AttendeeId;

/// A link that somebody was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// A personal link: `/join#<attendee>.<secret>`.
    Personal {
        /// Whose.
        attendee: AttendeeId,
        /// 64 hex digits.
        secret: String,
    },
    /// The room's code: `/join#<code>`.
    Code(String),
    /// Opens the set-up page: `/set-up#<key>`.
    SetUp(String),
}

impl Link {
    /// The link in one word of text, with the origin before its path.
    pub fn read(word: &str) -> Option<(String, Self)> {
        let (address, fragment) = word.split_once('#')?;
        let (origin, path) = address.rsplit_once('/')?;
        let is_origin = origin.starts_with("http://") || origin.starts_with("https://");
        if !is_origin || fragment.is_empty() {
            return None;
        }
        let link = match path {
            "set-up" => Self::SetUp(fragment.to_owned()),
            "join" => match fragment.split_once('.').map(|(attendee, secret)| (attendee.parse(), secret)) {
                Some((Ok(attendee), secret)) if secret.len() == 64 => {
                    Self::Personal { attendee, secret: secret.to_owned() }
                }
                _ => Self::Code(fragment.to_owned()),
            },
            _ => return None,
        };
        Some((origin.to_owned(), link))
    }

    /// Every link in a text, in order.
    pub fn every(text: &str) -> Vec<(String, Self)> {
        text.split(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"'))
            .filter_map(Self::read)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_links_are_read() {
        let secret = "0".repeat(64);
        let text = format!(
            "Chair   http://127.0.0.1:8080/join#0123456789abcdef.{secret}  PIN 12345678\n\
             Room    http://127.0.0.1:8080/join#blue-kite-42\n\
             Set up  https://flip.example/set-up#abc"
        );
        let origin = "http://127.0.0.1:8080".to_owned();
        let attendee = "0123456789abcdef".parse().expect("an id");
        assert_eq!(
            Link::every(&text),
            [
                (origin.clone(), Link::Personal { attendee, secret }),
                (origin, Link::Code("blue-kite-42".into())),
                ("https://flip.example".into(), Link::SetUp("abc".into())),
            ]
        );
    }

    #[test]
    fn other_words_are_no_links() {
        assert!(Link::every("see http://127.0.0.1:8080/join and issue #2, /join#x").is_empty());
    }
}
