//! What can be asked of the book.

/// How the book is served.
#[derive(clap::Args)]
pub struct Options {
    /// The port on 127.0.0.1; the next free one where it is taken
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Open the browser
    #[arg(long)]
    pub open: bool,
    /// Show what is missing in its place, for whoever writes a chapter
    #[arg(long, hide = true)]
    pub draft: bool,
}

/// What a build does differently while somebody is writing or reading.
#[derive(Clone, Copy, Default)]
pub struct Mode {
    /// Show what is wrong with a directive in its place, and go on.
    pub draft: bool,
    /// The pages ask the server for news of a newer book.
    pub live: bool,
}
