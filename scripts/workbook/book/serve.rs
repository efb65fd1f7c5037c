//! The book on 127.0.0.1, with live reload.

use anyhow::Result;

/// How the book is served.
#[derive(clap::Args)]
pub struct Options {
    /// The port on 127.0.0.1; the next free one where it is taken
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Open the browser
    #[arg(long)]
    pub open: bool,
}

/// Builds the book, serves it, and builds it again on every change.
pub fn run(_options: &Options) -> Result<()> {
    anyhow::bail!("not built yet")
}
