//! What a list must show, and what it must leave out.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use support::check::{Broken, Log, Told, check};

use super::exercise::*;

/// A folder `in` to be listed. It is removed in the end.
struct Place(PathBuf);

impl Place {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("listing-{}-{count}", std::process::id());
        let place = Place(std::env::temp_dir().join(name));
        fs::create_dir_all(place.folder())?;
        Ok(place)
    }

    fn folder(&self) -> PathBuf {
        self.0.join("in")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    fn file(&self, name: &str, size: usize) -> io::Result<()> {
        fs::write(self.at(name), vec![b'x'; size])
    }

    /// Claims the lines; `what` says what is in the folder.
    fn expect(
        &self,
        log: &Log,
        what: &str,
        due: &[String],
    ) -> Result<(), Broken> {
        log.afresh().note("folder", what, "");
        let due: Vec<_> = due.iter().map(|it| format!("{it}\r\n")).collect();
        let got = directory_listing(&self.folder())?;
        log.expect(told(&due.concat()), told(&got))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Nothing more can be done about what stays in the place for
        // temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A list as the report shows it: each line in quotes, and no more than ten.
fn told(list: &str) -> Told {
    let lines: Vec<_> =
        list.split_inclusive('\n').map(|it| format!("{it:?}")).collect();
    let gap = format!("\n{:10}", "");
    Told(match lines.len() {
        0 => "nothing".to_string(),
        all @ 11.. => {
            let head = lines[..10].join(&gap);
            let digest = lines
                .iter()
                .flat_map(|it| it.bytes())
                .fold(0u32, |sum, byte| {
                    sum.wrapping_mul(31).wrapping_add(u32::from(byte))
                });
            format!("{head}{gap}… {all} lines in all, sum {digest:08x}")
        }
        _ => lines.join(&gap),
    })
}

fn file(size: u64, name: &str) -> String {
    format!("- {size:>12} {name}")
}

fn dir(name: &str) -> String {
    format!("d            0 {name}")
}

#[test]
fn a_file_is_a_line_with_kind_size_and_name() {
    check("15", "A listing")
        .because(
            "The kind, a space, the size in 12 columns, a space, the name, \
             CR LF: a program on the other side takes the line apart again.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.file("notes.txt", 18)?;
            place.expect(log, "notes.txt, 18 bytes", &[file(18, "notes.txt")])
        });
}

#[test]
fn a_folder_is_told_from_a_file() {
    check("15", "A listing")
        .because(
            "A client that walks through folders has to know which names \
             are folders. What stat(2) says of a folder's size means \
             nothing to anybody else: write 0.",
        )
        .run(|log| {
            let place = Place::new()?;
            fs::create_dir(place.at("music"))?;
            fs::write(place.at("music/a"), "inside")?;
            place.expect(log, "a folder music", &[dir("music")])
        });
}

#[test]
fn an_empty_folder_is_an_empty_list() {
    check("15", "A listing")
        .because("No entry, no line: not even an empty one.")
        .run(|log| Place::new()?.expect(log, "empty", &[]));
}

#[test]
fn the_names_are_sorted_by_their_bytes() {
    check("15", "A listing")
        .because(
            "readdir(3) gives names in the order of the file system, which \
             is none that anybody could rely on. Sort by the name, not by \
             the line: kinds and sizes would come first.",
        )
        .run(|log| {
            let place = Place::new()?;
            for (name, size) in [("b", 1), ("a", 200), ("B", 3), ("ä", 4)] {
                place.file(name, size)?;
            }
            fs::create_dir(place.at("aa"))?;
            let due = [
                file(3, "B"),
                file(200, "a"),
                dir("aa"),
                file(1, "b"),
                file(4, "ä"),
            ];
            place.expect(log, "b, a, B, ä and a folder aa", &due)
        });
}

#[test]
fn many_entries_are_all_listed() {
    check("15", "A listing")
        .because("getdents64(2) gives them in pieces. None is missing.")
        .run(|log| {
            let place = Place::new()?;
            let names: Vec<_> = (0..130).map(|it| format!("{it:04}")).collect();
            for name in names.iter().rev() {
                place.file(name, 0)?;
            }
            let due: Vec<_> = names.iter().map(|it| file(0, it)).collect();
            place.expect(log, "130 empty files", &due)
        });
}

#[test]
fn a_large_size_is_written_out() {
    check("15", "A listing")
        .because(
            "A file may have more than 4 GiB, 2³² bytes. The size is what \
             the client reserves room for.",
        )
        .run(|log| {
            let place = Place::new()?;
            let size = 5_000_000_000;
            File::create(place.at("large"))?.set_len(size)?;
            place.expect(log, "a file with a hole", &[file(size, "large")])
        });
}

#[test]
fn a_name_is_written_as_it_is() {
    check("15", "A listing")
        .because(
            "The name is the rest of the line. Spaces, quotes and all other \
             letters are part of it, and the client will send it back.",
        )
        .run(|log| {
            let place = Place::new()?;
            let names = [" a", "a  b ", "\"q\"", "\\", "文", "-l", "a\tb"];
            for name in names {
                place.file(name, 0)?;
            }
            let mut names = names.to_vec();
            names.sort_unstable();
            let due: Vec<_> = names.iter().map(|it| file(0, it)).collect();
            place.expect(log, "names with spaces and signs", &due)
        });
}

#[test]
fn hidden_names_are_left_out() {
    check("15", "A listing")
        .because(
            "Names that begin with a dot are hidden, . and .. among them. \
             A file that is on its way has such a name.",
        )
        .run(|log| {
            let place = Place::new()?;
            for name in [".hidden", "...", "a.b", ".upload-1"] {
                place.file(name, 1)?;
            }
            fs::create_dir(place.at(".git"))?;
            place.expect(log, ".hidden, ..., .git, a.b", &[file(1, "a.b")])
        });
}

#[test]
fn names_with_line_ends_are_left_out() {
    check("15", "Names with line ends")
        .because(
            "Whoever may upload a file named \"a CR LF -  99 b\" writes a \
             line of the list. The name can't be said in a line, so it \
             isn't said.",
        )
        .run(|log| {
            let place = Place::new()?;
            for name in ["a\nb", "a\rb", "a\r\n-           99 c", "d\n"] {
                place.file(name, 1)?;
            }
            place.file("e", 1)?;
            let what = "e, and four names that hold CR or LF";
            place.expect(log, what, &[file(1, "e")])
        });
}

#[test]
fn names_that_are_not_text_are_left_out() {
    check("15", "Names with line ends")
        .because(
            "To the kernel a name is bytes. Here the control connection \
             says names in UTF-8, so nobody could ask for this file; with \
             its bad bytes replaced the name is one that no file has.",
        )
        .run(|log| {
            let place = Place::new()?;
            let name = OsStr::from_bytes(b"caf\xe9");
            fs::write(place.folder().join(name), "")?;
            place.file("tea", 2)?;
            place.expect(log, "tea, and caf\\xe9", &[file(2, "tea")])
        });
}

#[test]
fn a_link_is_what_it_leads_to() {
    check("15", "A listing")
        .because(
            "Who asks for a link gets the file behind it, so its kind and \
             size are what the client wants to know: stat(2), not lstat(2).",
        )
        .run(|log| {
            let place = Place::new()?;
            place.file("file", 7)?;
            fs::create_dir(place.at("folder"))?;
            symlink("file", place.at("a"))?;
            symlink(place.at("folder"), place.at("b"))?;
            symlink("a", place.at("c"))?;
            symlink("../in/file", place.at("d"))?;
            symlink(".", place.at("e"))?;
            let due = [
                file(7, "a"),
                dir("b"),
                file(7, "c"),
                file(7, "d"),
                dir("e"),
                file(7, "file"),
                dir("folder"),
            ];
            let what = "file, folder, five links that stay inside";
            place.expect(log, what, &due)
        });
}

#[test]
fn links_to_nothing_are_left_out() {
    check("15", "A listing")
        .because(
            "stat(2) fails with ENOENT for a link to nothing, and with \
             ELOOP for links in a ring. That is the trouble of one entry: \
             the list goes on.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.file("m", 1)?;
            symlink("nothing", place.at("a"))?;
            symlink("z", place.at("y"))?;
            symlink("y", place.at("z"))?;
            place.expect(log, "m, and three links", &[file(1, "m")])
        });
}

#[test]
fn links_that_lead_out_are_left_out() {
    check("15", "Nothing outside the folder")
        .because(
            "A client can't fetch what is outside, and learns nothing of \
             it: not that it is there, nor its size. A folder beside this \
             one may begin with the same letters.",
        )
        .run(|log| {
            let place = Place::new()?;
            fs::write(place.0.join("secret"), "secret")?;
            fs::create_dir(place.0.join("inner"))?;
            symlink("../secret", place.at("a"))?;
            symlink("/etc/passwd", place.at("b"))?;
            symlink("..", place.at("c"))?;
            symlink("../inner", place.at("d"))?;
            place.file("m", 1)?;
            place.expect(log, "m, and four links", &[file(1, "m")])
        });
}

#[test]
fn what_is_no_file_and_no_folder_is_left_out() {
    check("15", "A listing")
        .because(
            "A FIFO, a socket, a device: to open one could wait for ever. \
             Ask stat(2), which opens nothing.",
        )
        .run(|log| {
            let place = Place::new()?;
            mkfifo(&place.at("fifo"), Mode::S_IRWXU)
                .map_err(io::Error::from)?;
            // A socket's path must be short.
            let socket = place.at("s");
            let _socket = UnixListener::bind(&socket)?;
            symlink("fifo", place.at("link"))?;
            place.file("m", 1)?;
            place.expect(log, "m, a FIFO, a socket", &[file(1, "m")])
        });
}

#[test]
fn a_file_that_nobody_may_read_is_listed() {
    check("15", "A listing")
        .because(
            "To look at a file needs no right to read it, only a way to it: \
             stat(2). Nothing has to be opened.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.file("closed", 9)?;
            let nobody = fs::Permissions::from_mode(0);
            fs::set_permissions(place.at("closed"), nobody)?;
            place.expect(log, "closed, mode 000", &[file(9, "closed")])
        });
}

#[test]
fn a_folder_behind_a_link_is_listed() {
    check("15", "A listing")
        .because(
            "The folder's own path may lead over a link. Where its entries \
             lead is compared with where it is, not with what it is called.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.file("m", 1)?;
            symlink("m", place.at("n"))?;
            symlink("in", place.0.join("link"))?;
            log.afresh().note("folder", "a link to it; m, and n → m", "");
            let got = directory_listing(&place.0.join("link"))?;
            log.expect(
                told(&format!("{}\r\n{}\r\n", file(1, "m"), file(1, "n"))),
                told(&got),
            )
        });
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    check("15", "A listing")
        .because(
            "An empty list would say: the folder is there, and empty. The \
             same goes for a file, which holds no entries.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.file("m", 1)?;
            for (name, kind) in [
                ("none", io::ErrorKind::NotFound),
                ("m", io::ErrorKind::NotADirectory),
            ] {
                log.afresh().note("folder", name, "");
                let got = directory_listing(&place.at(name));
                log.expect(Err(kind), got.map_err(|error| error.kind()))?;
            }
            Ok(())
        });
}
