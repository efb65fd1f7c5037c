//! A disk that is full in the middle of an upload, and of a download.
//!
//! The disk is one of a megabyte, in memory: a tmpfs, which this program
//! mounts for itself alone, in namespaces of its own. Nobody else sees it,
//! and it goes with the program.

use std::fs;
use std::io;
use std::path::Path;

use lab::{Host, Lab};
use lesson_ftp::{Client, Failed};
use lesson_unix_sockets::Folder as Scratch;
use narrator::{During, Trouble, line, say};
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
    let all = || {
        fs::write(scratch.path("much"), "x".repeat(MUCH))?;
        fs::write(scratch.path("little"), "brand new\n")?;
        fs::write(disk.join("song"), "old\n")?;
        let sizes = format_args!("much: {MUCH} bytes, little: 10 bytes");
        say("client", "files", sizes);
        upload(&host, &scratch, &disk)?;
        line("");
        fs::write(disk.join("song"), "old\n")?;
        download(&host, &scratch, &disk)
    };
    all().during("full-disk")
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
/// The server's disk is the small one.
fn upload(host: &Host, scratch: &Scratch, disk: &Path) -> io::Result<()> {
    let server = host.enter(|| Serving::start(disk))?;
    let mut client = host.enter(|| Client::connect(server.address))?;
    say("client", "ls", ls(&mut client)?);
    for name in ["much", "little"] {
        let path = scratch.path(name);
        let put = client.wput(&path, "song", &mut |_, _| {});
        tell("wput", name, put);
        say("client", "ls", ls(&mut client)?);
        look(disk)?;
    }
    drop(client);
    say("server", "stop", server.stop()?);
    Ok(())
}
// ANCHOR_END: upload

/// The client's disk is the small one.
fn download(host: &Host, scratch: &Scratch, disk: &Path) -> io::Result<()> {
    let server = host.enter(|| Serving::start(scratch.here()))?;
    let mut client = host.enter(|| Client::connect(server.address))?;
    for name in ["much", "little"] {
        let path = disk.join("song");
        let got = client.wget(name, &path, &mut |_, _| {});
        tell("wget", name, got);
        look(disk)?;
    }
    drop(client);
    say("server", "stop", server.stop()?);
    Ok(())
}

fn tell(call: &str, name: &str, result: Result<u64, Failed>) {
    let fate = match result {
        Ok(count) => format!("{count} bytes"),
        Err(failed) => failed.to_string(),
    };
    say("client", call, format_args!("{name}: {fate}"));
}

/// What is on the small disk.
fn look(disk: &Path) -> io::Result<()> {
    let song = fs::read_to_string(disk.join("song"))?;
    let names = names(disk)?;
    say("disk", "look", format_args!("{names}: {song:?}"));
    Ok(())
}
