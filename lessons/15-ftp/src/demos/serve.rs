//! Tool: serves the files of a folder, until SIGTERM or Ctrl-C.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedI64ValueParser;
use lesson_ftp::{Folder, server};
use lesson_socketserver::{Signals, listen};
use narrator::{During, Trouble, line};

/// What is served, and where.
#[derive(Args)]
pub struct Options {
    /// The folder: nothing outside of it can be reached
    folder: PathBuf,
    /// Where
    #[arg(default_value = "127.0.0.1:8888")]
    address: SocketAddr,
    /// How many seconds a client may be silent
    #[arg(long, default_value_t = 60)]
    #[arg(value_parser = RangedI64ValueParser::<u32>::new().range(1..=86400))]
    patience: u32,
}

/// Serves until a signal asks for the end.
pub fn run(options: Options) -> Result<(), Trouble> {
    // Before any thread: all that come later inherit what is blocked.
    let signals = Signals::block().during("signalfd")?;
    let Options { folder, address, patience } = options;
    let doing = format!("open {}", folder.display());
    let folder = Folder::open(&folder).during(doing)?;
    let doing = format!("bind {address}");
    let listener = listen::tcp(address).during(doing)?;
    let at = listener.local_addr().during("getsockname")?;
    let patience = Duration::from_secs(patience.into());
    let server = server(listener, folder, patience).during("serve")?;
    line(format_args!("listening on {at}"));
    let report = server.signals(signals).run().during("serve")?;
    let (served, refused) = (report.served, report.refused);
    line(format_args!("served {served}, refused {refused}"));
    Ok(())
}
