//! The one address under which people reach the service: links, QR codes, Origin and cookie rules come from it.

use std::{fmt, net::IpAddr, str::FromStr};

/// Scheme, host and port of the service as browsers see them. Has no path: `__Host-` cookies cover a whole origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    is_https: bool,
    host: String,
    port: Option<u16>,
}

/// Why a text is no public address; says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPublicUrl {
    /// Neither http nor https.
    #[error(
        "a public address begins with https:// (or http:// on this machine alone), like https://flipchart.example.gov.uk"
    )]
    Scheme,
    /// Something after the host, or a name before it.
    #[error(
        "a public address ends after its host and port, like https://flipchart.example.gov.uk: no path, no question mark, no name"
    )]
    Rest,
    /// No host, or letters that no host has.
    #[error("the host of the public address cannot be read; write it like https://flipchart.example.gov.uk")]
    Host,
    /// No number from 1 to 65535.
    #[error("the port of the public address is a number from 1 to 65535")]
    Port,
}

impl PublicUrl {
    /// The address of a listener on this machine.
    pub fn of_listener(is_https: bool, ip: IpAddr, port: u16) -> Self {
        let host = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self { is_https, host, port: Some(port).filter(|port| *port != default_port(is_https)) }
    }

    /// Whether browsers reach the service by TLS.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Host without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether only this machine can be meant. Browsers count it as secure even without TLS.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// What a browser sends as `Origin`, exactly.
    pub fn origin(&self) -> String {
        self.to_string()
    }

    /// Origin of the WebSocket, for `connect-src`.
    pub fn socket_origin(&self) -> String {
        format!(
            "{}{}",
            if self.is_https { "wss" } else { "ws" },
            &self.to_string()[if self.is_https { 5 } else { 4 }..]
        )
    }

    /// A page of the app: `page` begins with a slash.
    pub fn link(&self, page: &str) -> String {
        format!("{self}{page}")
    }
}

fn default_port(is_https: bool) -> u16 {
    if is_https { 443 } else { 80 }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.is_https { "https" } else { "http" }, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let lower = text.trim().to_ascii_lowercase();
        let (is_https, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(NotAPublicUrl::Scheme),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#', '@']) {
            return Err(NotAPublicUrl::Rest);
        }
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(ip) => ip.parse::<std::net::Ipv6Addr>().is_ok(),
            None => {
                !host.is_empty()
                    && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
            }
        };
        if !is_host {
            return Err(NotAPublicUrl::Host);
        }
        let port = match port.map(str::parse::<u16>) {
            None => None,
            Some(Ok(port)) if port > 0 => Some(port),
            Some(_) => return Err(NotAPublicUrl::Port),
        };
        Ok(Self {
            is_https,
            host: host.to_owned(),
            port: port.filter(|port| *port != default_port(is_https)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http2_a_public_address_is_written_as_browsers_send_their_origin() {
        for (text, origin, socket) in [
            ("https://Flip.Example.gov.uk/", "https://flip.example.gov.uk", "wss://flip.example.gov.uk"),
            ("https://flip.example:443", "https://flip.example", "wss://flip.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "ws://127.0.0.1:8080"),
            ("http://localhost:80", "http://localhost", "ws://localhost"),
            ("http://[::1]:9000/", "http://[::1]:9000", "ws://[::1]:9000"),
            ("http://[::1]", "http://[::1]", "ws://[::1]"),
        ] {
            let url: PublicUrl = text.parse().expect(text);
            assert_eq!((url.origin().as_str(), url.socket_origin().as_str()), (origin, socket));
        }
    }

    #[test]
    fn http2_an_address_with_a_path_a_name_or_a_strange_host_is_refused() {
        for (text, why) in [
            ("flip.example", NotAPublicUrl::Scheme),
            ("ftp://flip.example", NotAPublicUrl::Scheme),
            ("https://flip.example/chart", NotAPublicUrl::Rest),
            ("https://chair@flip.example", NotAPublicUrl::Rest),
            ("https://", NotAPublicUrl::Host),
            ("https://a b", NotAPublicUrl::Host),
            ("https://a;b", NotAPublicUrl::Host),
            ("https://a:0", NotAPublicUrl::Port),
            ("https://a:65536", NotAPublicUrl::Port),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(why), "{text}");
        }
    }

    #[test]
    fn only_this_machine_counts_as_loopback() {
        for (text, is_loopback) in [
            ("http://localhost", true),
            ("http://127.9.9.9:1", true),
            ("http://[::1]:1", true),
            ("http://127.0.0.1.example", false),
            ("http://192.168.0.7", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(text.parse::<PublicUrl>().expect(text).is_loopback(), is_loopback, "{text}");
        }
    }
}
