//! Two uploads of one name, at the same time.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use lesson_ftp::Client;
use lesson_unix_sockets::Folder as Scratch;
use narrator::{line, say};

use super::stage::{Half, Serving, ls, names};

/// What a server does that opens the name, and what ours does.
pub fn run() -> io::Result<()> {
    let scratch = Scratch::new()?;
    by_name(scratch.here())?;
    line("");
    without_name(scratch.here())
}

// ANCHOR: by_name
/// Each opens the name, empties the file, and writes as bytes come.
fn by_name(folder: &Path) -> io::Result<()> {
    let path = folder.join("song");
    let mut a = File::create(&path)?;
    say("a", "open", "song");
    let mut b = File::create(&path)?;
    say("b", "open", "song");
    a.write_all(b"AAAA")?;
    b.write_all(b"bb")?;
    say("disk", "song", shown(&path)?);
    a.write_all(b"AAAA")?;
    say("a", "close", "8 bytes are written");
    b.write_all(b"bb")?;
    say("b", "close", "4 bytes are written");
    say("disk", "song", shown(&path)?);
    fs::remove_file(path)
}
// ANCHOR_END: by_name

// ANCHOR: without_name
/// The server's uploads have no name until they are whole.
fn without_name(folder: &Path) -> io::Result<()> {
    let server = Serving::start(folder)?;
    let path = folder.join("song");
    let mut other = Client::connect(server.address)?;
    let mut a = Half::begin(server.address, 8, "song")?;
    say("a", "wput", "8 bytes to song: go");
    let mut b = Half::begin(server.address, 4, "song")?;
    say("b", "wput", "4 bytes to song: go");
    a.send(b"AAAA")?;
    b.send(b"bb")?;
    say("other", "ls", ls(&mut other)?);
    a.send(b"AAAA")?;
    say("a", "recv", a.answer()?);
    say("disk", "song", shown(&path)?);
    say("other", "ls", ls(&mut other)?);
    b.send(b"bb")?;
    say("b", "recv", b.answer()?);
    say("disk", "song", shown(&path)?);
    say("disk", "names", names(folder)?);
    drop((a, b, other));
    say("server", "stop", server.stop()?);
    Ok(())
}
// ANCHOR_END: without_name

fn shown(path: &Path) -> io::Result<String> {
    Ok(format!("{:?}", String::from_utf8_lossy(&fs::read(path)?)))
}
