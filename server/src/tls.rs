//! TLS of the service itself: a certificate from files, or one made at start for a rehearsal.

use crate::{config::Tls, socket::PublicUrl};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject},
};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Why there is no TLS. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NoTls {
    /// A file is not there, not readable, or holds something else.
    #[error("{}: {why}; {option} takes a file in PEM", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Its option.
        option: &'static str,
        /// What is wrong.
        why: rustls::pki_types::pem::Error,
    },
    /// No certificate in the file.
    #[error("{} holds no certificate; --tls-cert takes the whole chain in PEM, the service's own certificate first", file.display())]
    Empty {
        /// Which.
        file: PathBuf,
    },
    /// Certificate and key do not fit each other.
    #[error("certificate and key do not fit: {0}; check that --tls-key belongs to --tls-cert")]
    Unfit(#[from] rustls::Error),
    /// The rehearsal certificate could not be made.
    #[error("no certificate could be made for this address: {0}; check --public-url")]
    SelfSigned(#[from] rcgen::Error),
}

/// What the listener needs; None without TLS of our own.
pub fn server_config(
    tls: &Tls,
    public_url: &PublicUrl,
    listen: IpAddr,
) -> Result<Option<Arc<ServerConfig>>, NoTls> {
    let (chain, key) = match tls {
        Tls::None => return Ok(None),
        Tls::Files { cert, key } => (chain_of(cert)?, key_of(key)?),
        Tls::SelfSigned => {
            let host = public_url.host().trim_start_matches('[').trim_end_matches(']');
            let mut names = vec![host.to_owned(), "localhost".to_owned()];
            if !listen.is_unspecified() {
                names.push(listen.to_string());
            }
            names.dedup();
            let made = rcgen::generate_simple_self_signed(names)?;
            let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
            (vec![made.cert.der().clone()], PrivateKeyDer::from(key))
        }
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    // A socket needs HTTP/1.1; one protocol is one surface.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(Arc::new(config)))
}

fn chain_of(file: &Path) -> Result<Vec<CertificateDer<'static>>, NoTls> {
    let failed = |why| NoTls::File { file: file.to_owned(), option: "--tls-cert", why };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).map_err(failed)?.collect();
    let chain = chain.map_err(failed)?;
    if chain.is_empty() { Err(NoTls::Empty { file: file.to_owned() }) } else { Ok(chain) }
}

fn key_of(file: &Path) -> Result<PrivateKeyDer<'static>, NoTls> {
    PrivateKeyDer::from_pem_file(file).map_err(|why| NoTls::File {
        file: file.to_owned(),
        option: "--tls-key",
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> PublicUrl {
        "https://flip.example".parse().expect("an address")
    }

    fn listen() -> IpAddr {
        "127.0.0.1".parse().expect("an address")
    }

    #[test]
    fn http8_a_rehearsal_and_files_give_tls_for_http1_and_nothing_gives_none() {
        assert!(server_config(&Tls::None, &url(), listen()).expect("nothing to do").is_none());
        let made = server_config(&Tls::SelfSigned, &url(), listen()).expect("made").expect("TLS");
        assert_eq!(made.alpn_protocols, [b"http/1.1"]);
        let folder = tempfile::tempdir().expect("a folder");
        let pair = rcgen::generate_simple_self_signed(["flip.example".to_owned()]).expect("a pair");
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&cert, pair.cert.pem()).expect("written");
        std::fs::write(&key, pair.signing_key.serialize_pem()).expect("written");
        assert!(
            server_config(&Tls::Files { cert: cert.clone(), key: key.clone() }, &url(), listen()).is_ok()
        );

        let other = rcgen::generate_simple_self_signed(["flip.example".to_owned()]).expect("a pair");
        std::fs::write(&key, other.signing_key.serialize_pem()).expect("written");
        let unfit =
            server_config(&Tls::Files { cert, key }, &url(), listen()).expect_err("another key").to_string();
        assert!(unfit.contains("--tls-key belongs to --tls-cert"), "{unfit}");
    }

    #[test]
    fn http8_missing_and_wrong_files_are_named_with_their_option() {
        let folder = tempfile::tempdir().expect("a folder");
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        let tls = Tls::Files { cert: cert.clone(), key: key.clone() };
        let fault = || server_config(&tls, &url(), listen()).expect_err("no TLS").to_string();
        assert!(fault().contains("cert.pem") && fault().contains("--tls-cert"), "{}", fault());
        std::fs::write(&cert, "not a certificate").expect("written");
        assert!(fault().contains("cert.pem holds no certificate"), "{}", fault());
        let pair = rcgen::generate_simple_self_signed(["flip.example".to_owned()]).expect("a pair");
        std::fs::write(&cert, pair.cert.pem()).expect("written");
        assert!(fault().contains("key.pem") && fault().contains("--tls-key"), "{}", fault());
    }
}
