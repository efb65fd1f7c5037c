//! A listener goes from one program to another, which didn't make it: with
//! SCM_RIGHTS, unix(7). Not one connection is lost, though for a while no
//! program has the listener.
//!
//! ```text
//! old 3 ─→ ┌──────────┐      old    ┌──────────┐      old    ┌──────────┐
//!          │ listener │    message →│ listener │             │ listener │
//! new      └──────────┘      new    └──────────┘      new 4 →└──────────┘
//! ```
//!
//! Both are programs of their own, this lesson's tool `worker`, started twice.
//! The demo tells each when it is its turn, and plays the clients.

use std::io::{self, Read};
use std::time::Duration;

use clap::Args;
use lesson_unix_sockets::{Folder, rights};

use crate::stage::{Stage, strange};

/// How long a client waits for its greeting.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the reader may ask of the demo.
#[derive(Args)]
pub struct Record {
    /// Print what happened as JSON, for the book's widget
    #[arg(long)]
    json: bool,
}

/// Hands the listener over, step by step.
pub fn run(record: Record) -> io::Result<()> {
    rights::keep_from_children();
    let folder = Folder::new()?;
    let mut stage = Stage::new(record.json)?;
    prepare(&mut stage, &folder)?;
    hand_over(&mut stage)?;
    serve(&mut stage)?;
    stage.end()
}

/// A listener with a client in its queue, and a way to the new program.
fn prepare(stage: &mut Stage, folder: &Folder) -> io::Result<()> {
    let path = folder.path("handover.sock");
    let path = path.display();
    stage.address = stage.turn("old", "listen", LISTEN)?;
    stage.client("waits to be accepted", QUEUED)?;
    stage.turn("old", &format!("offer {path}"), OFFER)?;
    stage.turn("new", &format!("connect {path}"), CONNECT)?;
    stage.turn("old", "admit", ADMIT)?;
    stage.show_tables();
    Ok(())
}

// ANCHOR: hand_over
fn hand_over(stage: &mut Stage) -> io::Result<()> {
    stage.turn("old", "pass", PASS)?;
    stage.turn("old", "close", CLOSE)?;
    stage.show_tables();
    stage.client("no program has the listener", IN_BETWEEN)?;
    stage.turn("new", "take", TAKE)?;
    stage.exit("old", EXIT)?;
    stage.show_tables();
    Ok(())
}
// ANCHOR_END: hand_over

/// Each client was connected to a listener that `new` didn't make.
fn serve(stage: &mut Stage) -> io::Result<()> {
    stage.client("the old program is gone", AFTER)?;
    for _ in 0..stage.clients.len() {
        stage.turn("new", "serve", SERVE)?;
    }
    for mut client in std::mem::take(&mut stage.clients) {
        client.set_read_timeout(Some(PATIENCE))?;
        let mut text = String::new();
        client.read_to_string(&mut text)?;
        if text != "hello" {
            return Err(strange(format!("a client got {text:?}")));
        }
    }
    stage.step("client", "recv", "\"hello\", each of the three", GREETED);
    Ok(())
}

// What the widget says of each step.
const LISTEN: &str = "A listener, made by the old program. Its number is 3: \
    the lowest that is free.";
const QUEUED: &str = "The kernel completes the handshake. The connection \
    waits in the listener's queue.";
const OFFER: &str = "A Unix listener with a path, so that the new program \
    finds the old one.";
const CONNECT: &str = "The new program has a table of its own. In it, 3 is \
    something else.";
const ADMIT: &str = "accept gives the lowest free number, 5. The Unix \
    listener has done its work, and 4 is free again.";
const PASS: &str = "The message holds a reference to the listener, not the \
    number 3. The old program still has its own.";
const CLOSE: &str = "3 is free. The listener stays, because the message \
    refers to it.";
const IN_BETWEEN: &str = "No program has a descriptor of the listener, and \
    a client connects: the kernel needs no program for that.";
const TAKE: &str = "recvmsg puts the listener into the new program's table, \
    at the lowest free number: 4.";
const EXIT: &str = "The old program ends. The kernel closes what it had, and \
    the listener isn't among it.";
const AFTER: &str = "Clients notice nothing: same address, same queue.";
const SERVE: &str = "accept on the listener that this program didn't make. \
    It greets the client, and closes.";
const GREETED: &str = "No connection was refused, and none was reset.";
