//! The book's commands where this program was built without the book.
//!
//! `cargo workbook check` is asked many times an hour and must answer at
//! once. So `cargo workbook` runs a build of this program that leaves mdBook
//! out, and that hands what concerns the book to the whole build.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

// Only the whole program looks at what was asked.
#[allow(dead_code)]
#[path = "book/options.rs"]
mod options;

pub use options::{Mode, Options};

/// Becomes the whole program, called with the same arguments.
fn hand_over() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let error = Command::new(cargo)
        .args(["run", "--quiet", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .arg("--")
        .args(std::env::args_os().skip(1))
        .exec();
    Err(error).context("can't run cargo")
}

/// Builds the book.
pub fn build(_root: &Path, _dest: &Path, _mode: Mode) -> Result<()> {
    hand_over()
}

/// Answers mdBook.
pub fn preprocess(_arguments: &[String]) -> Result<()> {
    hand_over()
}

/// Serves the book.
pub mod serve {
    use super::*;

    /// Serves the book.
    pub fn run(_root: &Path, _options: &Options) -> Result<()> {
        hand_over()
    }
}
