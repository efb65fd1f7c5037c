//! Tool: any of the servers, until SIGTERM or Ctrl-C.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

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
    #[arg(long, value_name = "PATH")]
    unix: Option<PathBuf>,
    /// How requests run
    #[arg(long, value_enum, default_value = "threading")]
    model: Kind,
    /// How many threads a pool has
    #[arg(long, default_value_t = 4)]
    threads: usize,
    /// How many clients at once
    #[arg(long, default_value_t = 256)]
    limit: usize,
    /// How many seconds a stop waits
    #[arg(long, default_value_t = 5)]
    patience: u64,
    /// Send back what comes, and not its lines in capital letters
    #[arg(long)]
    echo: bool,
    /// Let the lines `panic`, `hang` and `big` do what they say
    #[arg(long)]
    trouble: bool,
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

/// Serves until a signal asks for the end.
pub fn run(options: Options) -> Result<(), Trouble> {
    // Before any thread: all that come later inherit what is blocked.
    let signals = Signals::block().during("signalfd")?;
    if let Some(path) = &options.unix {
        let doing = format!("bind {}", path.display());
        // Chapter 09: what a dead server left there goes, and no more.
        let claim = Claim::take(path).map_err(io::Error::from);
        let claim = claim.during(&doing)?;
        let listener = claim.try_clone().during(doing)?;
        line(format_args!("listening on {}", path.display()));
        return talk(listener, signals, &options);
    }
    let doing = format!("bind {}", options.address);
    if options.udp {
        let socket = listen::udp(options.address).during(doing)?;
        announce(socket.local_addr())?;
        return talk(socket, signals, &options);
    }
    let listener = listen::tcp(options.address).during(doing)?;
    announce(listener.local_addr())?;
    talk(listener, signals, &options)
}

fn announce(address: io::Result<SocketAddr>) -> Result<(), Trouble> {
    line(format_args!("listening on {}", address.during("getsockname")?));
    Ok(())
}

fn talk<E>(
    endpoint: E,
    signals: Signals,
    options: &Options,
) -> Result<(), Trouble>
where
    E: Endpoint,
    Talk: Handler<E>,
    Echo: Handler<E>,
{
    let trouble = options.trouble;
    match options.echo {
        true => choose(endpoint, signals, options, || Echo),
        false => choose(endpoint, signals, options, move || Talk { trouble }),
    }
}

// ANCHOR: choose
fn choose<E: Endpoint, H: Handler<E>>(
    endpoint: E,
    signals: Signals,
    options: &Options,
    make: impl Fn() -> H + Send + Sync + 'static,
) -> Result<(), Trouble> {
    match options.model {
        Kind::Sequential => serve(endpoint, Sequential, signals, options, make),
        Kind::Threading => {
            serve(endpoint, Threading::default(), signals, options, make)
        }
        Kind::Forking => {
            serve(endpoint, Forking::default(), signals, options, make)
        }
        Kind::Pool => {
            let pool = Pool::new(options.threads).during("pool")?;
            serve(endpoint, pool, signals, options, make)
        }
    }
}

fn serve<E: Endpoint, M: Model, H: Handler<E>>(
    endpoint: E,
    model: M,
    signals: Signals,
    options: &Options,
    make: impl Fn() -> H + Send + Sync + 'static,
) -> Result<(), Trouble> {
    let server = Server::with(endpoint, model, make).during("serve")?;
    let report = server
        .signals(signals)
        .limit(options.limit)
        .patience(Duration::from_secs(options.patience))
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
