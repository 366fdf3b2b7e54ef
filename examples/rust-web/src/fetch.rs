use std::net::IpAddr;
use std::sync::Arc;

use hickory_resolver::TokioResolver;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::Failure;

const BODY_LIMIT_BYTES: usize = 1024 * 1024;

/// Fetches pages by HTTPS.
pub struct Fetcher {
    resolver: TokioResolver,
    connector: TlsConnector,
}

impl Fetcher {
    pub fn new() -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Ok(Self {
            resolver: TokioResolver::builder_tokio()?.build(),
            connector: TlsConnector::from(Arc::new(config)),
        })
    }

    pub async fn fetch(&self, url: &str) -> Result<Bytes, Failure> {
        let uri: Uri = url.parse()?;
        if uri.scheme_str() != Some("https") {
            return Err("not an https:// address".into());
        }
        let host = uri.host().ok_or("no host in the address")?;
        let name = ServerName::try_from(host.to_owned())?;
        let stream = self.connect(host, uri.port_u16().unwrap_or(443)).await?;
        let stream = self.connector.connect(name, stream).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let authority = uri.authority().ok_or("no host in the address")?.as_str();
        let request = Request::get(path).header(HOST, authority).body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        if !response.status().is_success() {
            return Err(response.status().to_string().into());
        }
        Ok(Limited::new(response.into_body(), BODY_LIMIT_BYTES).collect().await?.to_bytes())
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Failure> {
        let addresses: Vec<IpAddr> = self.resolver.lookup_ip(host).await?.iter().collect();
        let mut failure: Failure = format!("{host} has no address").into();
        for address in addresses {
            match TcpStream::connect((address, port)).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = format!("{address}: {error}").into(),
            }
        }
        Err(failure)
    }
}
