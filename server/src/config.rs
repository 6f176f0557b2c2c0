//! One configuration: a flag wins over the environment, the environment over the file. Printed at start; holds no secret.

use crate::{
    socket::{NotAPublicUrl, PublicUrl},
    telemetry::LogFormat,
};
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// The live flipchart for child protection conferences.
#[derive(Debug, Parser)]
#[command(name = "flipchart", version, about, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Task,
    /// Where and how.
    #[command(flatten)]
    pub options: Options,
}

/// What the binary does.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Run the service
    Serve {
        /// Open two practice conferences and print one link per role; never beside real data
        #[arg(long)]
        practice: bool,
    },
    /// Write two archives, data and keys; keep them in different places
    Backup {
        /// Folder for the archives; made if it is missing
        into: PathBuf,
    },
    /// Bring both archives back into empty folders
    Restore {
        /// Folder that holds both archives, as `data` and `keys`
        from: PathBuf,
        /// A later `conferences.keys`, if there is one left: what was erased since the backup stays erased
        #[arg(long, value_name = "FILE")]
        also_erased: Vec<PathBuf>,
    },
    /// Read every stored byte and say what is damaged
    Verify,
    /// Look after framework files
    Frameworks {
        /// What to do with them
        #[command(subcommand)]
        task: FrameworksTask,
    },
}

/// What can be done with framework files.
#[derive(Debug, Subcommand)]
pub enum FrameworksTask {
    /// Say whether the files can be used, and what to change where they cannot
    Check {
        /// Framework files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

macro_rules! options {
    ($($(#[$attribute:meta])* $name:ident: $kind:ty,)*) => {
        /// Every setting, wherever it was written. The file has the same names, without the dashes in front.
        #[derive(Debug, Clone, Default, Args, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
        pub struct Options {
            /// File with settings (TOML); flags and environment win over it
            #[arg(long, global = true, env = "FLIPCHART_CONFIG", value_name = "FILE")]
            #[serde(skip)]
            pub config: Option<PathBuf>,
            $($(#[$attribute])* pub $name: Option<$kind>,)*
        }

        impl Options {
            /// These, and where they say nothing, the others.
            fn or(self, others: Self) -> Self {
                Self { config: self.config, $($name: self.$name.or(others.$name),)* }
            }
        }
    };
}

options! {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "FLIPCHART_LISTEN", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Address under which people reach the service: links, QR codes, Origin and cookies follow it
    #[arg(long, global = true, env = "FLIPCHART_PUBLIC_URL", value_name = "URL")]
    public_url: String,
    /// Folder of the data [default: ./data]
    #[arg(long, global = true, env = "FLIPCHART_DATA", value_name = "FOLDER")]
    data: PathBuf,
    /// Folder of the keys [default: keys in the data folder; for real use put it elsewhere]
    #[arg(long, global = true, env = "FLIPCHART_KEYS", value_name = "FOLDER")]
    keys: PathBuf,
    /// Folder with framework files of your own
    #[arg(long, global = true, env = "FLIPCHART_FRAMEWORKS", value_name = "FOLDER")]
    frameworks: PathBuf,
    /// Certificate chain (PEM)
    #[arg(long, global = true, env = "FLIPCHART_TLS_CERT", value_name = "FILE")]
    tls_cert: PathBuf,
    /// The certificate's private key (PEM)
    #[arg(long, global = true, env = "FLIPCHART_TLS_KEY", value_name = "FILE")]
    tls_key: PathBuf,
    /// TLS with a certificate made at start; browsers warn: for a rehearsal only
    #[arg(long, global = true, env = "FLIPCHART_TLS_SELF_SIGNED", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    tls_self_signed: bool,
    /// Short name of the authority whose conferences these are [default: local]
    #[arg(long, global = true, env = "FLIPCHART_AUTHORITY", value_name = "NAME")]
    authority: String,
    /// Addresses of reverse proxies whose X-Forwarded-For is believed
    #[arg(long, global = true, env = "FLIPCHART_TRUST_PROXY", value_name = "ADDRESS", value_delimiter = ',', num_args = 1..)]
    trust_proxy: Vec<IpAddr>,
    /// How log lines are written [default: text]
    #[arg(long, global = true, env = "FLIPCHART_LOG_FORMAT", value_name = "FORMAT")]
    log_format: LogFormat,
}

/// Where TLS comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// A proxy has it, or nobody leaves this machine.
    None,
    /// Files in PEM.
    Files {
        /// Certificate chain.
        cert: PathBuf,
        /// Private key.
        key: PathBuf,
    },
    /// Made at start.
    SelfSigned,
}

/// Settings that fit together.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// What was said about the public address; see [`Config::public_url`].
    said: Option<PublicUrl>,
    /// Folder of the data.
    pub data: PathBuf,
    /// Folder of the keys.
    pub keys: PathBuf,
    /// Folder of the council's own frameworks.
    pub frameworks: Option<PathBuf>,
    /// Where TLS comes from.
    pub tls: Tls,
    /// In every stored row and key.
    pub authority: String,
    /// Believed about where a request comes from.
    pub trust_proxy: Vec<IpAddr>,
    /// How log lines are written.
    pub log_format: LogFormat,
}

/// Settings that cannot be used. Each says what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("{}: {why}; check --config", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// The file is no TOML or has a setting that does not exist.
    #[error("{}: {why}", file.display())]
    Shape {
        /// Which.
        file: PathBuf,
        /// Line and what is wrong there.
        why: Box<toml::de::Error>,
    },
    /// The public address.
    #[error("--public-url: {0}")]
    PublicUrl(#[from] NotAPublicUrl),
    /// http for an address of others.
    #[error(
        "--public-url http://{0}: browsers keep cookies and encryption from pages without TLS. Write https:// and put a proxy with TLS in front, or give --tls-cert and --tls-key"
    )]
    PlainPublicUrl(String),
    /// TLS here, http outside.
    #[error("the service has TLS, but --public-url begins with http://; write https://")]
    TlsButPlainUrl,
    /// Listening for others without TLS.
    #[error(
        "{0} can be reached from other machines, so it needs TLS: give --tls-cert and --tls-key, or --tls-self-signed for a rehearsal; or, behind a proxy that has TLS, --public-url https://… and --trust-proxy with the proxy's address; or listen on 127.0.0.1"
    )]
    NeedsTls(SocketAddr),
    /// Every address of this machine, and no public one.
    #[error(
        "{0} is no address that people can open: say which one they use with --public-url, like https://flipchart.example.gov.uk"
    )]
    NeedsPublicUrl(SocketAddr),
    /// One of two files.
    #[error("--tls-cert and --tls-key belong together: give both, or --tls-self-signed alone")]
    HalfTls,
    /// Two kinds of TLS.
    #[error("--tls-self-signed is for a rehearsal without a certificate: leave it out beside --tls-cert")]
    TwoTls,
    /// The authority's name.
    #[error("--authority has 1 to 32 small letters, digits and dashes, like stoke-on-trent")]
    Authority,
}

impl Config {
    /// Reads the file if one is named, and checks that everything fits.
    pub fn load(options: Options) -> Result<Self, ConfigError> {
        let from_file = match &options.config {
            None => Options::default(),
            Some(file) => read(file)?,
        };
        Self::resolve(options.or(from_file))
    }

    fn resolve(options: Options) -> Result<Self, ConfigError> {
        let listen = options.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
        let data = options.data.unwrap_or_else(|| PathBuf::from("data"));
        let tls = match (options.tls_cert, options.tls_key, options.tls_self_signed.unwrap_or(false)) {
            (None, None, false) => Tls::None,
            (None, None, true) => Tls::SelfSigned,
            (Some(cert), Some(key), false) => Tls::Files { cert, key },
            (Some(_), Some(_), true) => return Err(ConfigError::TwoTls),
            _ => return Err(ConfigError::HalfTls),
        };
        let trust_proxy = options.trust_proxy.unwrap_or_default();
        let said = options.public_url.as_deref().map(str::parse::<PublicUrl>).transpose()?;
        let has_tls = tls != Tls::None;
        if let Some(url) = &said {
            match (url.is_https(), has_tls) {
                (false, true) => return Err(ConfigError::TlsButPlainUrl),
                (false, false) if !url.is_loopback() => {
                    return Err(ConfigError::PlainPublicUrl(url.host().to_owned()));
                }
                _ => {}
            }
        }
        if !listen.ip().is_loopback() && !has_tls {
            let has_proxy = said.as_ref().is_some_and(PublicUrl::is_https) && !trust_proxy.is_empty();
            if !has_proxy {
                return Err(ConfigError::NeedsTls(listen));
            }
        }
        if said.is_none() && listen.ip().is_unspecified() {
            return Err(ConfigError::NeedsPublicUrl(listen));
        }
        let authority = options.authority.unwrap_or_else(|| "local".to_owned());
        let is_name = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
        if !(1..=32).contains(&authority.len()) || !authority.bytes().all(is_name) {
            return Err(ConfigError::Authority);
        }
        Ok(Self {
            listen,
            said,
            keys: options.keys.unwrap_or_else(|| data.join("keys")),
            data,
            frameworks: options.frameworks,
            tls,
            authority,
            trust_proxy,
            log_format: options.log_format.unwrap_or_default(),
        })
    }

    /// The one public address, once it is known which port the service has got.
    pub fn public_url(&self, bound: SocketAddr) -> PublicUrl {
        let listener = || PublicUrl::of_listener(self.tls != Tls::None, bound.ip(), bound.port());
        self.said.clone().unwrap_or_else(listener)
    }

    /// Whether everybody but the proxy is refused: others could reach this address without TLS.
    pub fn is_for_proxy_alone(&self) -> bool {
        self.tls == Tls::None && !self.listen.ip().is_loopback()
    }
}

fn read(file: &Path) -> Result<Options, ConfigError> {
    let text =
        std::fs::read_to_string(file).map_err(|why| ConfigError::File { file: file.to_owned(), why })?;
    toml::from_str(&text).map_err(|why| ConfigError::Shape { file: file.to_owned(), why: Box::new(why) })
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tls = match &self.tls {
            Tls::None => "none here".to_owned(),
            Tls::Files { cert, .. } => format!("certificate {}", cert.display()),
            Tls::SelfSigned => "self-signed (rehearsal: browsers warn)".to_owned(),
        };
        let proxies: Vec<String> = self.trust_proxy.iter().map(IpAddr::to_string).collect();
        let frameworks = self
            .frameworks
            .as_ref()
            .map_or("built in".into(), |own| format!("built in, and {}", own.display()));
        writeln!(f, "  listen       {}", self.listen)?;
        writeln!(f, "  tls          {tls}")?;
        writeln!(f, "  data         {}", self.data.display())?;
        writeln!(f, "  keys         {}", self.keys.display())?;
        writeln!(f, "  frameworks   {frameworks}")?;
        writeln!(f, "  authority    {}", self.authority)?;
        write!(
            f,
            "  trust-proxy  {}",
            if proxies.is_empty() { "none".to_owned() } else { proxies.join(", ") }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(arguments: &[&str]) -> Result<Config, ConfigError> {
        let arguments = ["flipchart", "serve"].iter().chain(arguments);
        Config::load(Cli::try_parse_from(arguments).expect("arguments").options)
    }

    fn public_url(arguments: &[&str]) -> String {
        let config = resolve(arguments).expect("settings");
        config.public_url(SocketAddr::new(config.listen.ip(), 4321)).to_string()
    }

    #[test]
    fn without_settings_it_listens_on_this_machine_alone() {
        let config = resolve(&[]).expect("settings");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!((config.data, config.keys), (PathBuf::from("data"), PathBuf::from("data/keys")));
        assert_eq!(public_url(&[]), "http://127.0.0.1:4321");
        assert_eq!(public_url(&["--listen", "[::1]:0", "--tls-self-signed"]), "https://[::1]:4321");
        assert_eq!(public_url(&["--public-url", "https://a.example/"]), "https://a.example");
    }

    #[test]
    fn http8_plain_http_on_another_address_is_refused_with_what_to_do() {
        let public = ["--listen", "0.0.0.0:8080"];
        for more in [
            &[][..],
            &["--public-url", "https://a.example"],
            &["--trust-proxy", "10.0.0.1"],
            &["--public-url", "http://127.0.0.1:8080", "--trust-proxy", "10.0.0.1"],
        ] {
            let error = resolve(&[&public[..], more].concat()).expect_err("refused").to_string();
            for word in ["0.0.0.0:8080", "--tls-cert", "--tls-self-signed", "--trust-proxy", "127.0.0.1"] {
                assert!(error.contains(word), "{word} in {error}");
            }
        }
        let behind =
            [&public[..], &["--public-url", "https://a.example", "--trust-proxy", "10.0.0.1,10.0.0.2"]]
                .concat();
        let config = resolve(&behind).expect("behind a proxy");
        assert!(config.is_for_proxy_alone());
        assert_eq!(config.trust_proxy.len(), 2);
        let own = resolve(&["--listen", "192.0.2.1:443", "--tls-cert", "c.pem", "--tls-key", "k.pem"])
            .expect("own TLS");
        assert!(!own.is_for_proxy_alone());
    }

    #[test]
    fn http8_settings_that_contradict_each_other_are_refused() {
        for (arguments, word) in [
            (&["--public-url", "http://a.example"][..], "https://"),
            (&["--public-url", "http://127.0.0.1", "--tls-self-signed"], "https://"),
            (&["--public-url", "a.example"], "https://"),
            (&["--tls-cert", "c.pem"], "--tls-key"),
            (&["--tls-key", "k.pem"], "--tls-cert"),
            (&["--tls-cert", "c.pem", "--tls-key", "k.pem", "--tls-self-signed"], "leave it out"),
            (&["--tls-cert", "c.pem", "--tls-self-signed"], "--tls-key"),
            (&["--listen", "0.0.0.0:1", "--tls-self-signed"], "--public-url"),
            (&["--authority", "Stoke on Trent"], "stoke-on-trent"),
            (&["--authority", ""], "stoke-on-trent"),
        ] {
            let error = resolve(arguments).expect_err("refused").to_string();
            assert!(error.contains(word), "{word} in {error}");
        }
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("flipchart.toml");
        let text = "listen = \"127.0.0.1:9000\"\nauthority = \"halton\"\ntrust-proxy = [\"127.0.0.1\"]\nlog-format = \"json\"\n";
        std::fs::write(&file, text).expect("written");
        let file = file.to_str().expect("a path");
        let config = resolve(&["--config", file, "--authority", "bexley"]).expect("settings");
        assert_eq!((config.listen.port(), config.authority.as_str()), (9000, "bexley"));
        assert_eq!((config.trust_proxy.len(), config.log_format), (1, LogFormat::Json));
    }

    #[test]
    fn a_wrong_or_missing_file_is_named_with_its_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("flipchart.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\nlissten = 1\n").expect("written");
        let error = resolve(&["--config", file.to_str().expect("a path")]).expect_err("refused").to_string();
        assert!(
            error.contains("flipchart.toml") && error.contains("line 2") && error.contains("lissten"),
            "{error}"
        );
        let missing = folder.path().join("none.toml");
        let error =
            resolve(&["--config", missing.to_str().expect("a path")]).expect_err("refused").to_string();
        assert!(error.contains("none.toml") && error.contains("--config"), "{error}");
    }

    #[test]
    fn what_is_printed_at_start_names_no_key() {
        let text =
            resolve(&["--tls-cert", "c.pem", "--tls-key", "private.pem"]).expect("settings").to_string();
        assert!(text.contains("c.pem") && !text.contains("private.pem"), "{text}");
    }
}
