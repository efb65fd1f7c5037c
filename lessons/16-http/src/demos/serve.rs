//! Tool: the files of a folder, until SIGTERM or Ctrl-C.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use lesson_coroutines::net::Source;
use lesson_coroutines::reactor::Direction;
use lesson_coroutines::scheduler;
use lesson_ftp::Folder;
use lesson_http::{
    Answer, Files, Handler, Incoming, Limits, Methods, Patience, Request,
    Server, Settings, listen,
};
use lesson_socketserver::Signals;
use narrator::{During, Trouble, line, say};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Descriptors that no connection has.
const OWN: u64 = 32;

/// What to serve, and to whom.
#[derive(Args)]
pub struct Options {
    /// The folder whose files are served
    folder: PathBuf,
    /// Where to listen
    #[arg(default_value = "127.0.0.1:8016")]
    address: SocketAddr,
    /// Take PUT and DELETE, from everybody who can connect
    #[arg(long)]
    write: bool,
    /// Let CONNECT reach this port of this machine; may be given again
    #[arg(long, value_name = "PORT")]
    tunnel: Vec<u16>,
    /// How many connections at once
    #[arg(long, default_value_t = 1024, value_parser =
          clap::value_parser!(u32).range(1..=65536))]
    connections: u32,
    /// How many seconds a whole head may take
    #[arg(long, default_value_t = 10, value_parser = seconds())]
    head: u64,
    /// How many seconds may be between two requests
    #[arg(long, default_value_t = 60, value_parser = seconds())]
    idle: u64,
    /// How many seconds a body may be late
    #[arg(long, default_value_t = 10, value_parser = seconds())]
    late: u64,
    /// How many bytes the longest body may have
    #[arg(long, default_value_t = 1 << 30)]
    body: u64,
    /// How many seconds a stop waits for answers under way
    #[arg(long, default_value_t = 5, value_parser = seconds())]
    patience: u64,
    /// Say what is asked for, and what came of it
    #[arg(long)]
    log: bool,
}

fn seconds() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=3600)
}

/// Serves until a signal asks for the end.
pub fn run(options: Options) -> Result<(), Trouble> {
    let name = options.folder.display();
    let folder = Folder::open(&options.folder);
    let folder = folder.during(format_args!("open {name}"))?;
    let address = options.address;
    let listener = listen(address).during(format_args!("bind {address}"))?;
    let address = listener.local_addr().during("getsockname")?;
    let signals = Signals::block().during("signalfd")?;
    let most = places(u64::from(options.connections)).during("setrlimit")?;
    line(format_args!("listening on {address}"));
    let run = move || serve(listener, folder, &signals, &options, most);
    scheduler::run(run).and_then(|served| served).during("serve")
}

fn serve(
    listener: std::net::TcpListener,
    folder: Folder,
    signals: &Signals,
    options: &Options,
    most: usize,
) -> io::Result<()> {
    let files = Files::new(folder)
        .writable(options.write)
        .with_tunnels(options.tunnel.clone());
    let handler = Logged { handler: files, log: options.log };
    let server = Server::new(handler, settings(options), most);
    let running = server.clone();
    let accepting = scheduler::spawn(move || running.run(listener))?;
    asked_to_end(signals)?;
    let cut = server.stop(Duration::from_secs(options.patience))?;
    line(format_args!("accepted {}, cut off {cut}", server.accepted()));
    match accepting.join() {
        Ok(result) => result,
        Err(_) => Err(io::Error::other("the accept loop has panicked")),
    }
}

fn settings(options: &Options) -> Settings {
    let patience = Patience {
        head: Duration::from_secs(options.head),
        idle: Duration::from_secs(options.idle),
        late: Duration::from_secs(options.late),
        ..Patience::default()
    };
    let limits = Limits { body: options.body, ..Limits::default() };
    Settings { limits, patience }
}

/// Waits for SIGTERM or SIGINT, and lets the others run meanwhile.
fn asked_to_end(signals: &Signals) -> io::Result<()> {
    let source = Source::new(signals)?;
    source.call(Direction::Read, |signals| match signals.take()? {
        true => Ok(()),
        false => Err(io::ErrorKind::WouldBlock.into()),
    })
}

/// How many connections there may be: each may need a descriptor of its own
/// and one for a file.
fn places(wanted: u64) -> io::Result<usize> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let enough = (2 * wanted + OWN).clamp(soft, hard.max(soft));
    setrlimit(Resource::RLIMIT_NOFILE, enough, hard)?;
    let places = enough.saturating_sub(OWN) / 2;
    Ok(places.clamp(1, wanted) as usize)
}

// ANCHOR: logged
/// A handler around another one.
struct Logged<H> {
    handler: H,
    log: bool,
}

impl<H: Handler> Handler for Logged<H> {
    fn methods(&self, request: &Request<'_, '_>) -> Methods {
        self.handler.methods(request)
    }

    fn handle(
        &self,
        request: &Request<'_, '_>,
        body: &mut Incoming<'_>,
    ) -> Answer {
        let answer = self.handler.handle(request, body);
        if self.log {
            let status = match &answer {
                Ok(response) => response.status.to_string(),
                Err(_) => "no whole body".to_string(),
            };
            let what = format_args!("{} → {status}", request.target);
            say("server", request.method, what);
        }
        answer
    }
}
// ANCHOR_END: logged
