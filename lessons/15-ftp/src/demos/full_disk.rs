//! A disk that is full in the middle of an upload.
//!
//! The disk is one of a megabyte, in memory: a tmpfs, which this program
//! mounts for itself alone, in namespaces of its own. Nobody else sees it,
//! and it goes with the program.

use std::fs;
use std::io;
use std::path::Path;

use lab::{Host, Lab};
use lesson_ftp::Client;
use lesson_unix_sockets::Folder as Scratch;
use narrator::{During, Trouble, say};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::stage::{Serving, ls, names};

/// The bytes of a file that doesn't fit.
const MUCH: usize = 3_000_000;

/// In the lab, since only there may an ordinary user mount.
pub fn run() -> Result<(), Trouble> {
    const RECORDED: &str = include_str!("../../tests/snapshots/full-disk.snap");
    let Some(mut lab) = Lab::enter_or_replay(RECORDED) else { return Ok(()) };
    let host = lab.host("server")?;
    let scratch = Scratch::new().during("make a folder")?;
    let disk = scratch.path("disk");
    fs::create_dir(&disk).during("make a folder")?;
    small(&disk)?;
    upload(&host, &scratch, &disk).during("full-disk")
}

// ANCHOR: small
/// Mounts a disk of a megabyte there, for this process: tmpfs(5).
fn small(disk: &Path) -> Result<(), Trouble> {
    unshare(CloneFlags::CLONE_NEWNS).during("make a mount namespace")?;
    let none: Option<&str> = None;
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(none, "/", none, private, none).during("make / private")?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    let size = Some("size=1m");
    mount(Some("small"), disk, Some("tmpfs"), flags, size)
        .during("mount a tmpfs")?;
    say("disk", "mount", "1 MB, in memory");
    Ok(())
}
// ANCHOR_END: small

// ANCHOR: upload
fn upload(host: &Host, scratch: &Scratch, disk: &Path) -> io::Result<()> {
    let (much, little) = (scratch.path("much"), scratch.path("little"));
    fs::write(&much, "x".repeat(MUCH))?;
    fs::write(&little, "new\n")?;
    fs::write(disk.join("song"), "old\n")?;
    let server = host.enter(|| Serving::start(disk))?;
    let mut client = host.enter(|| Client::connect(server.address))?;
    let put = |path: &Path, client: &mut Client| match client.wput(
        path,
        "song",
        &mut |_, _| {},
    ) {
        Ok(count) => say("client", "wput", format_args!("{count} bytes")),
        Err(failed) => say("client", "wput", failed),
    };
    say("client", "ls", ls(&mut client)?);
    say("client", "wput", format_args!("{MUCH} bytes to song …"));
    put(&much, &mut client);
    say("client", "ls", ls(&mut client)?);
    say(
        "disk",
        "song",
        format_args!("{:?}", fs::read_to_string(disk.join("song"))?),
    );
    say("disk", "names", names(disk)?);
    put(&little, &mut client);
    say("client", "ls", ls(&mut client)?);
    drop(client);
    say("server", "stop", server.stop()?);
    Ok(())
}
// ANCHOR_END: upload
