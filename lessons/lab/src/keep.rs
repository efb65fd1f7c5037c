//! A tool: two hosts that stay, to be looked at from a second terminal.
//!
//! A namespace has no name in the file system here, but each thread's is
//! there under `/proc`, and nsenter(1) takes it from there.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};

use lab::{Host, Lab, Plan};
use narrator::{line, say};

/// Joins two hosts, tells how to step into them, and waits for the end of
/// stdin.
pub fn run() -> io::Result<()> {
    let mut lab = Lab::enter()?;
    let alice = lab.host("alice")?;
    let bob = lab.host("bob")?;
    let wire = lab.join(Plan::new().keep(0))?;
    let mut staying = Vec::new();
    for host in [&alice, &bob] {
        let (thread, stay) = stay_on(host)?;
        staying.push(stay);
        let user = format!("--user=/proc/{}/ns/user", std::process::id());
        let net = format!("--net=/proc/{}/ns/net", thread.display());
        let step_in = format!("nsenter --preserve-credentials {user} {net}");
        say(host.name(), "shell", step_in);
    }
    line("Ctrl-D ends both hosts. Meanwhile, in a shell on alice:");
    line("  ip address; ip neighbour; ping 10.0.0.2");
    io::stdin().read_to_end(&mut Vec::new())?;
    drop(staying);
    let carried = wire.stop()?.not_kept;
    say("wire", "frames", carried);
    Ok(())
}

/// A thread that stays on the host until what is given here is dropped, and
/// its folder below `/proc`: `PID/task/TID`.
fn stay_on(host: &Host) -> io::Result<(PathBuf, Sender<()>)> {
    let (told, tell) = mpsc::channel();
    let (stay, end) = mpsc::channel();
    host.spawn(move || {
        let thread = fs::read_link("/proc/thread-self");
        // Both ends of a channel are closed when the tool ends.
        let _ = told.send(thread);
        let _ = end.recv();
        Ok(())
    });
    let thread = tell.recv().map_err(io::Error::other)??;
    Ok((thread, stay))
}
