//! A check on every save.
//!
//! The exercise is checked at once and after each save, until it is solved;
//! then the next one is shown and waits for its first save. Ctrl-C ends it.
//!
//! Start reading at [`run`].

use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use anstream::{print, println};
use anyhow::{Context, Result};
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::course::Exercise;
use crate::exercises::{self, Desk};
use crate::progress::fingerprint;
use crate::report::{FAINT, NAME};

/// How long a folder must be quiet: an editor saves in several steps.
const QUIET: Duration = Duration::from_millis(10);

/// Checks an exercise on every save, and then the next that isn't solved.
pub fn run(desk: &mut Desk, name: Option<&str>) -> Result<()> {
    let first = match name {
        Some(name) => Some(desk.course.exercise(name)?),
        None => desk.next(),
    };
    let mut watched = first.map(Exercise::id);
    let mut solved = None;
    while let Some(id) = watched {
        // The same again: it was saved anew while its checks ran.
        let at_once = solved.is_none_or(|before| before == id);
        until_solved(desk, &id, at_once)?;
        watched = desk.next().map(Exercise::id);
        solved = Some(id);
    }
    println!("\nEvery exercise is solved.");
    Ok(())
}

/// Returns when the exercise passes. One that was moved on to is a stub as
/// a rule, and its first check waits for a save.
fn until_solved(desk: &mut Desk, id: &str, at_once: bool) -> Result<()> {
    let saves = Saves::of(&desk.course.exercise(id)?.folder)?;
    let mut seen = fingerprint(desk.course.exercise(id)?);
    if !at_once {
        announce(desk, desk.course.exercise(id)?);
        seen = saves.next(desk.course.exercise(id)?, &seen)?;
    }
    loop {
        clear();
        match exercises::check_one(desk, id) {
            Ok(verdict) if verdict.is_pass() => return Ok(()),
            Ok(_) => {}
            // An editor may have put the file away for a moment.
            Err(trouble) => exercises::complain(&trouble),
        }
        let exercise = desk.course.exercise(id)?;
        let file = exercises::short(&desk.root, &exercise.file());
        println!("\n{FAINT}watching {file}; Ctrl-C ends{FAINT:#}");
        seen = saves.next(exercise, &seen)?;
    }
}

fn announce(desk: &Desk, exercise: &Exercise) {
    let file = exercises::short(&desk.root, &exercise.file());
    println!("\n{NAME}{}{NAME:#}   {}", exercise.id(), exercise.title);
    println!("\n  {}", exercise.task);
    println!("\n{FAINT}watching {file}; Ctrl-C ends{FAINT:#}");
}

/// Empties a terminal; anstream keeps this from everything else.
fn clear() {
    print!("\x1b[2J\x1b[3J\x1b[H");
}

/// News of what is saved in a folder.
struct Saves {
    news: Receiver<notify::Result<Event>>,
    // Stops when it is dropped.
    _watcher: RecommendedWatcher,
}

impl Saves {
    fn of(folder: &Path) -> Result<Saves> {
        let (tell, news) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(tell)
            .context("can't watch files; `cargo workbook check` works")?;
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(|| format!("can't watch {}", folder.display()))?;
        Ok(Saves { news, _watcher: watcher })
    }

    /// Waits until the exercise's fingerprint is another than `seen`.
    fn next(&self, exercise: &Exercise, seen: &str) -> Result<String> {
        loop {
            let now = fingerprint(exercise);
            if now != seen {
                return Ok(now);
            }
            while !is_save(&self.news.recv()?) {}
            while self.news.recv_timeout(QUIET).is_ok() {}
        }
    }
}

/// Whether something was written. Reading, which the compiler does too, is
/// no news.
fn is_save(news: &notify::Result<Event>) -> bool {
    let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
    match news {
        Ok(event) => !event.kind.is_access() || event.kind == written,
        Err(_) => true,
    }
}
