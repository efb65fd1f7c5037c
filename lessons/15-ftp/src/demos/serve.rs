//! Tool: serves the files of a folder, until SIGTERM or Ctrl-C.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedI64ValueParser;
use lesson_ftp::rfc959::{self, Patience};
use lesson_ftp::{Folder, PATIENCE, server};
use lesson_socketserver::{Report, Signals, listen};
use narrator::{During, Trouble, line};

/// What is served, and where.
#[derive(Args)]
pub struct Options {
    /// The folder: nothing outside of it can be reached
    folder: PathBuf,
    /// Where
    #[arg(default_value = "127.0.0.1:8888")]
    address: SocketAddr,
    /// FTP, for curl and lftp, and not the notes' own protocol
    #[arg(long)]
    rfc959: bool,
    /// How many seconds a client may be silent [default: 60; of FTP: 300]
    #[arg(long)]
    #[arg(value_parser = RangedI64ValueParser::<u32>::new().range(1..=86400))]
    patience: Option<u32>,
}

/// Serves until a signal asks for the end.
pub fn run(options: Options) -> Result<(), Trouble> {
    // Before any thread: all that come later inherit what is blocked.
    let signals = Signals::block().during("signalfd")?;
    let Options { folder, address, rfc959, patience } = options;
    let doing = format!("open {}", folder.display());
    let folder = Folder::open(&folder).during(doing)?;
    let doing = format!("bind {address}");
    let listener = listen::tcp(address).during(doing)?;
    let at = listener.local_addr().during("getsockname")?;
    let patience = patience.map(|it| Duration::from_secs(it.into()));
    let report = if rfc959 {
        let patience = rfc959_patience(patience);
        let server = rfc959::server(listener, folder, patience);
        let server = server.during("serve")?.signals(signals);
        line(format_args!("listening on {at}"));
        server.run()
    } else {
        let patience = patience.unwrap_or(PATIENCE);
        let server = server(listener, folder, patience);
        let server = server.during("serve")?.signals(signals);
        line(format_args!("listening on {at}"));
        server.run()
    };
    let Report { served, refused, .. } = report.during("serve")?;
    line(format_args!("served {served}, refused {refused}"));
    Ok(())
}

/// No wait is longer than the one that was asked for.
fn rfc959_patience(asked: Option<Duration>) -> Patience {
    let Patience { idle, open, stall, settle } = Patience::default();
    let idle = asked.unwrap_or(idle);
    let (open, stall) = (open.min(idle), stall.min(idle));
    Patience { idle, open, stall, settle }
}
