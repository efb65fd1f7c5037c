//! The book: built in this process, served on loopback.

pub mod serve;

use std::path::Path;

use anyhow::Result;

/// Builds the book into `dest`.
pub fn build(_dest: &Path) -> Result<()> {
    anyhow::bail!("not built yet")
}

/// Answers mdBook's call of this program as a preprocessor.
pub fn preprocess(_arguments: &[String]) -> Result<()> {
    anyhow::bail!("not built yet")
}
