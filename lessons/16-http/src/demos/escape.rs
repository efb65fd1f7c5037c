//! Every way out of the folder, and a server that just joins paths.
//!
//! ```text
//! /srv/public            served
//! /srv/secret.txt        not
//! ```

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lesson_ftp::Folder;
use lesson_http::{Files, Server, Settings, target};
use lesson_unix_sockets::Folder as Scratch;
use narrator::say;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::live::{self, Client};

/// Targets as they are sent: no client tidies them up.
const TARGETS: [&str; 20] = [
    "/notes.txt",
    "/../secret.txt",
    "/sub/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/%252e%252e/secret.txt",
    "//secret.txt",
    "/%2fsecret.txt",
    "http://a/../secret.txt",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/notes.txt%00.html",
    "/notes.txt%0d%0aX:%20y",
    "/%ff",
    "/%2",
    "/link-out",
    "/folder-out/secret.txt",
    "/link-in",
    "/.hidden",
];

/// Asks for each of them, of both servers.
pub fn run() -> io::Result<()> {
    let scratch = Scratch::new()?;
    let public = scratch.path("public");
    fs::create_dir_all(public.join("sub"))?;
    fs::write(scratch.path("secret.txt"), "the secret")?;
    fs::write(public.join("notes.txt"), "the notes")?;
    fs::write(public.join(".hidden"), "the hidden file")?;
    symlink("../secret.txt", public.join("link-out"))?;
    symlink("..", public.join("folder-out"))?;
    symlink("notes.txt", public.join("link-in"))?;
    mkfifo(&public.join("pipe"), Mode::S_IRUSR)?;
    let files = Files::new(Folder::open(&public)?);
    let story = move |address, _: &Server<_>| ask(address, &public);
    live::with(files, Settings::default(), 10, story)
}

fn ask(address: SocketAddr, public: &Path) -> io::Result<()> {
    let above = public.parent().unwrap_or(public);
    let absolute = format!("/{}/secret.txt", above.display());
    let targets = TARGETS.into_iter().chain([&absolute[..], "/pipe"]);
    for target in targets {
        say("client", "GET", target);
        if target != "/pipe" {
            let found = fs::read_to_string(naive(public, target));
            let found = found.unwrap_or("nothing".to_string());
            say("naive", "reads", found);
        }
        let mut client = Client::connect("client", address)?;
        client.write(&format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"))?;
        let received = client.receive(false)?;
        let text = String::from_utf8_lossy(&received.content);
        let text = match received.status() {
            "200 OK" => format!(": {text}"),
            _ => String::new(),
        };
        say("server", "answer", format_args!("{}{text}", received.status()));
    }
    Ok(())
}

// ANCHOR: naive
/// Decodes, joins, and hopes.
fn naive(folder: &Path, target: &str) -> PathBuf {
    let path = target::path(target);
    let path = target::decode(path).unwrap_or_default();
    folder.join(path.strip_prefix('/').unwrap_or(&path))
}
// ANCHOR_END: naive
