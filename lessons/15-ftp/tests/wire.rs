//! What the demo with a disk of its own prints, as the book shows it; what
//! it says on machines that forbid one; and FTP on such a disk.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use asking::Asking;
use lab::{Host, Lab};
use lesson_ftp::Folder;
use lesson_ftp::rfc959::{Patience, Reply, Session};
use lesson_unix_sockets::Folder as Scratch;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use support::wire::Inside;

#[path = "../src/demos/asking.rs"]
mod asking;

fn main() -> ExitCode {
    support::wire!().shows("full-disk", &[]).inside(&INSIDE).run()
}

const INSIDE: [Inside; 1] = [(
    "an_ftp_upload_to_a_full_disk_is_refused_and_the_old_file_stays",
    an_ftp_upload_to_a_full_disk_is_refused_and_the_old_file_stays,
)];

fn an_ftp_upload_to_a_full_disk_is_refused_and_the_old_file_stays(
    mut lab: Lab,
) {
    let host = lab.host("server").unwrap();
    let scratch = Scratch::new().unwrap();
    let disk = scratch.path("disk");
    fs::create_dir(&disk).unwrap();
    a_megabyte(&disk);
    fs::write(disk.join("song"), "old").unwrap();
    let mut client = served(&host, &disk);

    for line in ["USER ftp", "PASS x", "TYPE I"] {
        assert!(ask(&mut client, line).code < 400);
    }
    for (line, bytes, code, then) in [
        ("STOR song", 3_000_000, 452, "old"),
        ("APPE song", 3_000_000, 452, "old"),
        ("STOR song", 3, 226, "new"),
    ] {
        let passive = ask(&mut client, "EPSV");
        let mut data = host.enter(|| client.data(&passive)).unwrap();
        assert_eq!(ask(&mut client, line).code, 150);
        // The server may have had enough before this is all.
        let _ = data.write_all(&b"new".repeat(bytes / 3));
        drop(data);
        assert_eq!(client.reply().unwrap().code, code, "{line}");
        assert_eq!(fs::read_to_string(disk.join("song")).unwrap(), then);
        assert_eq!(files(&disk), 1, "nothing else");
    }
    // No room for another file, of whatever size.
    while fs::File::create(disk.join(format!("{}", files(&disk)))).is_ok() {}
    assert_eq!(ask(&mut client, "MKD new").code, 452);
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// A disk for this process alone: tmpfs(5).
fn a_megabyte(at: &Path) {
    unshare(CloneFlags::CLONE_NEWNS).unwrap();
    let none: Option<&str> = None;
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(none, "/", none, private, none).unwrap();
    let (flags, size) = (MsFlags::MS_NOSUID, Some("size=1m,nr_inodes=50"));
    mount(Some("small"), at, Some("tmpfs"), flags, size).unwrap();
}

/// A client of a session in a thread, both on this host.
fn served(host: &Host, disk: &Path) -> Asking {
    let folder = Folder::open(disk).unwrap();
    let start = || {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let client = Asking::connect(listener.local_addr()?)?;
        let (control, _) = listener.accept()?;
        thread::spawn(move || {
            let patience = Patience::default();
            let _ = Session::new(control, &folder, patience).unwrap().run();
        });
        Ok(client)
    };
    let mut client = host.enter(start).unwrap();
    assert_eq!(client.reply().unwrap().code, 220);
    client
}

fn ask(client: &mut Asking, line: &str) -> Reply {
    client.say(line).unwrap();
    client.reply().unwrap()
}
