//! Every way out of the folder, and what becomes of it.
//!
//! ```text
//! scratch/secret                  not for clients
//! scratch/served/notes.txt        for clients, and so is all beside it
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use lesson_ftp::{Client, Failed, Folder};
use lesson_unix_sockets::Folder as Scratch;
use narrator::{line, say};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::stage::{Serving, ls, names};

/// A program that joins paths, and the server.
pub fn run() -> io::Result<()> {
    let scratch = Scratch::new()?;
    let served = scratch.path("served");
    furnish(&scratch, &served)?;
    joined(&served);
    line("");
    let server = Serving::start(&served)?;
    let mut client = Client::connect(server.address)?;
    say("client", "ls", ls(&mut client)?);
    downloads(&mut client, &scratch)?;
    line("");
    uploads(&mut client, &scratch)?;
    say("disk", "outside", names(scratch.here())?);
    drop(client);
    server.stop()?;
    line("");
    magic_links()
}

/// Files, and ways out.
fn furnish(scratch: &Scratch, served: &Path) -> io::Result<()> {
    fs::write(scratch.path("secret"), "secret\n")?;
    fs::create_dir_all(served.join("music"))?;
    for (name, text) in [
        ("notes.txt", "hello\n"),
        ("%2e%2e", "percent\n"),
        (".password", "hidden\n"),
    ] {
        fs::write(served.join(name), text)?;
    }
    symlink("../notes.txt", served.join("music/inside"))?;
    symlink("../secret", served.join("up"))?;
    symlink(scratch.path("secret"), served.join("absolute"))?;
    symlink("..", served.join("out"))?;
    symlink("circle", served.join("circle"))?;
    mkfifo(&served.join("fifo"), Mode::S_IRWXU)?;
    Ok(())
}

// ANCHOR: joined
/// What a program reads that puts the folder before the name.
fn joined(served: &Path) {
    for name in ["../secret", "up", "out/secret"] {
        let read = fs::read_to_string(served.join(name));
        let found = read.unwrap_or_else(|error| error.to_string());
        say("join", "read", format_args!("{name:12} {found:?}"));
    }
}
// ANCHOR_END: joined

// ANCHOR: downloads
fn downloads(client: &mut Client, scratch: &Scratch) -> io::Result<()> {
    let long = "n".repeat(256);
    for name in [
        "notes.txt",
        "music/inside",
        "%2e%2e",
        "%2e%2e/secret",
        "%2e%2e%2fsecret",
        "music\\..\\..\\secret",
        "..",
        "../secret",
        "music/../../secret",
        "/etc/passwd",
        "./notes.txt",
        "music//inside",
        "",
        "up",
        "absolute",
        "out/secret",
        "circle",
        "music",
        "fifo",
        ".password",
        long.as_str(),
        "notes.txt\0",
        "notes.txt\r\n",
    ] {
        let got = client.wget(name, &scratch.path("got"), &mut |_, _| {});
        say("client", "wget", format_args!("{:22} {}", shown(name), fate(got)));
    }
    Ok(())
}
// ANCHOR_END: downloads

fn uploads(client: &mut Client, scratch: &Scratch) -> io::Result<()> {
    for name in [
        "music/new",
        "../new",
        "out/new",
        "up",
        "music",
        "fifo",
        ".bashrc",
        "none/new",
        "new\nline",
    ] {
        let put = client.wput(&scratch.path("got"), name, &mut |_, _| {});
        say("client", "wput", format_args!("{:22} {}", shown(name), fate(put)));
    }
    Ok(())
}

// ANCHOR: magic
/// In /proc a link may stand for what it can't name: another root.
fn magic_links() -> io::Result<()> {
    let itself = Path::new("/proc/self");
    let folder = Folder::open(itself)?;
    for name in ["root/etc", "cwd", "exe"] {
        let plain = fs::metadata(itself.join(name)).is_ok();
        let plain = if plain { "leads out" } else { "doesn't exist" };
        say("join", "stat", format_args!("{name:22} {plain}"));
        let told = match folder.entry(name) {
            Ok(_) => "allowed".to_string(),
            Err(denied) => denied.to_string(),
        };
        say("server", "openat2", format_args!("{name:22} {told}"));
    }
    Ok(())
}
// ANCHOR_END: magic

fn fate(result: Result<u64, Failed>) -> String {
    match result {
        Ok(count) => format!("{count} bytes"),
        Err(Failed::Refused(why)) => format!("no: {why}"),
        Err(other) => other.to_string(),
    }
}

fn shown(name: &str) -> String {
    let text = format!("{name:?}");
    match text.len() {
        ..40 => text,
        _ => format!("{:?}, 256 bytes", format!("{}…", &name[..3])),
    }
}
