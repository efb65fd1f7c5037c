//! Tool: any of the servers, until SIGTERM or Ctrl-C.

use std::io;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::os::fd::RawFd;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedI64ValueParser;
use clap::{Args, ValueEnum};
use lesson_socketserver::{
    Echo, Endpoint, Forking, Handler, Model, Pool, Sequential, Server, Signals,
    Threading, listen,
};
use lesson_unix_sockets::Claim;
use narrator::{During, Trouble, line};

use super::talk::Talk;

/// Which server.
#[derive(Args)]
pub struct Options {
    /// Where, with TCP and UDP
    #[arg(default_value = "127.0.0.1:8888")]
    address: SocketAddr,
    /// Connections, which is the default
    #[arg(long, conflicts_with_all = ["udp", "unix"])]
    tcp: bool,
    /// Datagrams
    #[arg(long, conflicts_with = "unix")]
    udp: bool,
    /// Connections by a path
    #[arg(long, value_name = "PATH", conflicts_with = "address")]
    unix: Option<PathBuf>,
    /// How requests run
    #[arg(long, value_enum, default_value = "threading")]
    model: Kind,
    /// How many threads a pool has
    #[arg(long, default_value_t = 4, value_parser = range(1..=1024))]
    threads: u32,
    /// How many clients at once
    #[arg(long, default_value_t = 256, value_parser = range(1..=65536))]
    limit: u32,
    /// How many seconds a stop waits
    #[arg(long, default_value_t = 5, value_parser = range(0..=3600))]
    patience: u32,
    /// Send back what comes, and not its lines in capital letters
    #[arg(long)]
    echo: bool,
    /// Let the lines `panic`, `hang` and `big` do what they say
    #[arg(long)]
    trouble: bool,
}

/// A number from here to there.
fn range(of: RangeInclusive<i64>) -> RangedI64ValueParser<u32> {
    RangedI64ValueParser::new().range(of)
}

/// How requests run.
#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub enum Kind {
    /// One after the other
    Sequential,
    /// A thread for each
    Threading,
    /// A process for each
    Forking,
    /// So many threads
    Pool,
}

/// What all of them need to know.
struct Plan<'a> {
    at: String,
    apart: Vec<RawFd>,
    signals: Signals,
    options: &'a Options,
}

/// Serves until a signal asks for the end.
pub fn run(options: Options) -> Result<(), Trouble> {
    // Before any thread: all that come later inherit what is blocked.
    let signals = Signals::block().during("signalfd")?;
    let options = &options;
    let plan = |at: String, apart| Plan { at, apart, signals, options };
    if let Some(path) = &options.unix {
        let at = path.display().to_string();
        let doing = format!("bind {at}");
        // Chapter 09: what a dead server left there goes, and no more.
        let claim = Claim::take(path).map_err(io::Error::from);
        let claim = claim.during(&doing)?;
        let listener = claim.try_clone().during(doing)?;
        return talk(listener, plan(at, claim.descriptors().into()));
    }
    let doing = format!("bind {}", options.address);
    if options.udp {
        let socket = listen::udp(options.address).during(doing)?;
        let at = socket.local_addr().during("getsockname")?;
        return talk(socket, plan(at.to_string(), vec![]));
    }
    let listener = listen::tcp(options.address).during(doing)?;
    let at = listener.local_addr().during("getsockname")?;
    talk(listener, plan(at.to_string(), vec![]))
}

fn talk<E>(endpoint: E, plan: Plan<'_>) -> Result<(), Trouble>
where
    E: Endpoint,
    Talk: Handler<E>,
    Echo: Handler<E>,
{
    let trouble = plan.options.trouble;
    match plan.options.echo {
        true => choose(endpoint, plan, || Echo),
        false => choose(endpoint, plan, move || Talk { trouble }),
    }
}

// ANCHOR: choose
fn choose<E: Endpoint, H: Handler<E>>(
    endpoint: E,
    plan: Plan<'_>,
    make: impl Fn() -> H + Send + Sync + 'static,
) -> Result<(), Trouble> {
    match plan.options.model {
        Kind::Sequential => serve(endpoint, Sequential, plan, make),
        Kind::Threading => serve(endpoint, Threading::default(), plan, make),
        Kind::Forking => serve(endpoint, Forking::default(), plan, make),
        Kind::Pool => {
            let threads = plan.options.threads as usize;
            let pool = Pool::new(threads).during("pool")?;
            serve(endpoint, pool, plan, make)
        }
    }
}

fn serve<E: Endpoint, M: Model, H: Handler<E>>(
    endpoint: E,
    model: M,
    plan: Plan<'_>,
    make: impl Fn() -> H + Send + Sync + 'static,
) -> Result<(), Trouble> {
    let Plan { at, apart, signals, options } = plan;
    let server = Server::with(endpoint, model, make).during("serve")?;
    line(format_args!("listening on {at}"));
    let report = server
        .signals(signals)
        .apart(apart)
        .limit(options.limit as usize)
        .patience(Duration::from_secs(options.patience.into()))
        .run()
        .during("serve")?;
    let (served, refused) = (report.served, report.refused);
    line(format_args!("served {served}, refused {refused}"));
    match report.given_up {
        0 => Ok(()),
        left => {
            let text = format!("given up: {left}; --patience gives more time");
            Err(io::Error::other(text)).during("stop")
        }
    }
}
// ANCHOR_END: choose
