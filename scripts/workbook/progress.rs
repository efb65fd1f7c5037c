//! What the learner has solved, in `.workbook/progress.json`.
//!
//! A verdict is stored with a hash of the exercise and its checks. When
//! either has changed since, the verdict is not counted any more: progress
//! can't be older than the code it speaks of.
//!
//! Start reading at [`Progress::read`].

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::course::Exercise;
use crate::store;

/// The learner's state of all exercises.
pub struct Progress {
    path: PathBuf,
    stored: Stored,
}

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    /// By the exercise's full name: `framing/length_prefix`.
    exercises: BTreeMap<String, State>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// The hash of exercise.rs and checks.rs when all checks last passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    solved: Option<String>,
    /// How many hints were shown.
    hints: usize,
}

impl Progress {
    /// Reads what is stored below `root`. A file that can't be understood is
    /// put aside, which is said on stderr, and progress begins anew.
    pub fn read(root: &Path) -> Result<Progress> {
        let path = root.join(".workbook/progress.json");
        let stored = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .or_else(|error| put_aside(&path, &bytes, error))?,
            Err(none) if none.kind() == ErrorKind::NotFound => {
                Stored::default()
            }
            Err(error) => Err(error)
                .with_context(|| format!("can't read {}", path.display()))?,
        };
        Ok(Progress { path, stored })
    }

    /// Whether this very exercise.rs passed these very checks.
    pub fn is_solved(&self, exercise: &Exercise) -> bool {
        self.hash_of_pass(exercise)
            .is_some_and(|hash| *hash == fingerprint(exercise))
    }

    /// Whether some version of exercise.rs passed.
    pub fn was_solved(&self, exercise: &Exercise) -> bool {
        self.hash_of_pass(exercise).is_some()
    }

    fn hash_of_pass(&self, exercise: &Exercise) -> Option<&String> {
        self.stored.exercises.get(&exercise.id())?.solved.as_ref()
    }

    /// Stores that what has this [`fingerprint`] passed.
    pub fn solve(&mut self, exercise: &Exercise, hash: String) -> Result<()> {
        let state = self.state(exercise);
        if state.solved.as_ref() == Some(&hash) {
            return Ok(());
        }
        state.solved = Some(hash);
        self.write()
    }

    /// One more hint is shown, of `all`: says how many now.
    pub fn hint(&mut self, exercise: &Exercise, all: usize) -> Result<usize> {
        let state = self.state(exercise);
        state.hints = (state.hints + 1).min(all);
        let shown = state.hints;
        self.write()?;
        Ok(shown)
    }

    fn state(&mut self, exercise: &Exercise) -> &mut State {
        self.stored.exercises.entry(exercise.id()).or_default()
    }

    fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.stored)? + "\n";
        store::replace(&self.path, text.as_bytes())
            .with_context(|| format!("can't write {}", self.path.display()))
    }
}

fn put_aside(
    path: &Path,
    bytes: &[u8],
    error: serde_json::Error,
) -> Result<Stored> {
    let folder = path.parent().unwrap_or(path);
    let kept = store::keep(folder, "progress.broken", "json", bytes)?;
    eprintln!(
        "workbook: progress.json can't be understood ({error}); it is kept \
         as {}. Your exercises are untouched: check them again and they count",
        kept.display()
    );
    Ok(Stored::default())
}

/// A hash of what a verdict depends on: FNV-1a over exercise.rs and
/// checks.rs, in hex. A file that can't be read counts as empty.
pub fn fingerprint(exercise: &Exercise) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for name in ["exercise.rs", "checks.rs"] {
        let bytes = fs::read(exercise.folder.join(name)).unwrap_or_default();
        for byte in bytes.iter().chain(&[0]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}
