//! Three slow peers, served in four ways: one call at a time, asking again
//! and again, watching all at once, and leaving it to others.
//!
//! A director lets the peers speak: b first, then c, then a. It waits until
//! the program is known to wait, which the kernel tells, and no clock is
//! asked. So the stories differ in one thing only: how the program waits.
//!
//! ```text
//! program ── recv ──┬─ peer a      speaks last
//!                   ├─ peer b      speaks first
//!                   └─ peer c
//! ```
//!
//! Start reading at [`blocking`], then the three others beside it.

mod aio;
mod asynchronous;
mod blocking;
mod multiplexing;
mod polling;
mod scene;

use std::io;
use std::thread;

use clap::Args;
use narrator::line;
use serde::Serialize;

use crate::timeline::Step;
use scene::{Counts, Model, Peers, Scene};

/// The order in which the peers speak.
const ORDER: [usize; 3] = [1, 2, 0];

/// What the reader may ask of the demo.
#[derive(Args, Default)]
pub struct Record {
    /// Print what happened as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

/// A run, for the widget.
#[derive(Serialize)]
struct Run {
    demo: &'static str,
    label: &'static str,
    title: &'static str,
    lanes: &'static [&'static str],
    steps: Vec<Step>,
}

/// Runs the four, one after the other.
pub fn run(record: Record) -> io::Result<()> {
    let models: [&dyn Model; 4] = [
        &blocking::Blocking,
        &polling::Polling::default(),
        &multiplexing::Multiplexing,
        &asynchronous::Asynchronous::default(),
    ];
    let mut runs = Vec::new();
    let mut rows = Vec::new();
    for model in models {
        let (scene, peers) = Scene::new()?;
        let counts = play(model, &scene, peers)?;
        if !record.json {
            line(format_args!("{}: {}", model.label(), model.title()));
            scene.log.tell();
            line("");
        }
        rows.push((model.label(), counts));
        runs.push(Run {
            demo: "four-models",
            label: model.label(),
            title: model.title(),
            lanes: model.lanes(),
            steps: scene.log.record(),
        });
    }
    match record.json {
        true => line(serde_json::to_string_pretty(&runs)?),
        false => compare(&rows),
    }
    Ok(())
}

// ANCHOR: play
/// The program on a thread of its own, and the director here.
fn play(model: &dyn Model, scene: &Scene, peers: Peers) -> io::Result<Counts> {
    thread::scope(|scope| {
        let program = scope.spawn(|| {
            scene.introduce();
            model.serve(scene)
        });
        let directed = direct(model, scene, peers);
        let served = program.join();
        directed?;
        served.unwrap_or_else(|_| Err(io::Error::other("the program panicked")))
    })
}

/// Lets each peer speak once the program waits. The peers hang up at the
/// end, whatever it is: then no program waits for ever.
fn direct(model: &dyn Model, scene: &Scene, peers: Peers) -> io::Result<()> {
    for peer in ORDER {
        model.until_it_waits(scene)?;
        scene.speak(&peers, peer)?;
        model.until_it_has_heard(scene, peer)?;
    }
    Ok(())
}
// ANCHOR_END: play

fn compare(rows: &[(&str, Counts)]) {
    line(format_args!(
        "{:<13} {:>9} {:>9} {:>7}  {}",
        "", "calls", "in vain", "sleeps", "served"
    ));
    for (label, counts) in rows {
        let served = counts.served.join(", ");
        line(format_args!(
            "{label:<13} {:>9} {:>9} {:>7}  {served}",
            counts.calls, counts.in_vain, counts.sleeps,
        ));
    }
}
