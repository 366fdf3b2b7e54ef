//! An HTTP server on port 8080: `/fetch?https://host/path` answers what that address answers. rustls verifies with the
//! certificates of the system, hickory resolves names as resolv.conf says, SIGTERM ends it.

mod fetch;

use std::convert::Infallible;
use std::error::Error;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use fetch::Fetcher;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::signal::unix::{signal, SignalKind};

pub type Failure = Box<dyn Error + Send + Sync>;

const PORT: u16 = 8080;
const FETCH_LIMIT: Duration = Duration::from_secs(20);
const HEADER_LIMIT: Duration = Duration::from_secs(10);

fn main() -> Result<(), Failure> {
    if std::env::args().len() > 1 {
        eprintln!("rust-web takes no arguments");
        std::process::exit(2);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve())
}

async fn serve() -> Result<(), Failure> {
    let fetcher = Arc::new(Fetcher::new()?);
    let address = SocketAddr::from((Ipv6Addr::UNSPECIFIED, PORT));
    let listener = TcpListener::bind(address).await?;
    let mut terminated = signal(SignalKind::terminate())?;
    println!("listening on {address}");
    loop {
        tokio::select! {
            _ = terminated.recv() => {
                println!("terminated");
                return Ok(());
            }
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let fetcher = Arc::clone(&fetcher);
                let service = service_fn(move |request| answer(request, Arc::clone(&fetcher)));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEADER_LIMIT)
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    fetcher: Arc<Fetcher>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match (request.uri().path(), request.uri().query()) {
        ("/healthz", _) => (StatusCode::OK, Bytes::from_static(b"ok\n")),
        ("/fetch", Some(url)) => fetched(&fetcher, url).await,
        _ => (StatusCode::NOT_FOUND, Bytes::from_static(b"not found\n")),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    Ok(response)
}

async fn fetched(fetcher: &Fetcher, url: &str) -> (StatusCode, Bytes) {
    match tokio::time::timeout(FETCH_LIMIT, fetcher.fetch(url)).await {
        Ok(Ok(body)) => (StatusCode::OK, body),
        Ok(Err(failure)) => (StatusCode::BAD_GATEWAY, Bytes::from(format!("{failure}\n"))),
        Err(_) => (StatusCode::GATEWAY_TIMEOUT, Bytes::from_static(b"no answer in time\n")),
    }
}
