//! A folder that nothing leads out of, and files that are whole or not there.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lesson_ftp::{Denied, Folder, Kind};
use lesson_unix_sockets::Folder as Scratch;
use nix::fcntl::{AT_FDCWD, Flock, FlockArg, RenameFlags, renameat2};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

/// A folder to serve, beside a secret.
fn stage() -> (Scratch, Folder) {
    let scratch = Scratch::new().unwrap();
    let top = scratch.path("served");
    fs::create_dir_all(top.join("music/deep")).unwrap();
    fs::write(scratch.path("secret"), "secret").unwrap();
    fs::write(top.join("a"), "hello").unwrap();
    fs::write(top.join("music/b"), "la").unwrap();
    let folder = Folder::open(&top).unwrap();
    (scratch, folder)
}

fn served(scratch: &Scratch, name: &str) -> std::path::PathBuf {
    scratch.path("served").join(name)
}

fn text(mut file: File) -> String {
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    text
}

fn why<T>(result: Result<T, Denied>) -> String {
    result.err().map_or("allowed".into(), |denied| denied.to_string())
}

/// All that is in a folder, hidden names too.
fn all(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |it: io::Result<fs::DirEntry>| it.unwrap().file_name();
    let mut all: Vec<_> =
        entries.map(|it| name(it).to_string_lossy().into_owned()).collect();
    all.sort();
    all
}

#[test]
fn files_are_opened_in_the_folder_and_below() {
    let (_scratch, folder) = stage();

    assert_eq!(text(folder.file("a").unwrap()), "hello");
    assert_eq!(text(folder.file("music/b").unwrap()), "la");
}

#[test]
fn links_that_stay_inside_are_followed() {
    let (scratch, folder) = stage();
    symlink("music/b", served(&scratch, "inside")).unwrap();
    symlink("../a", served(&scratch, "music/up")).unwrap();

    assert_eq!(text(folder.file("inside").unwrap()), "la");
    assert_eq!(text(folder.file("music/up").unwrap()), "hello");
}

#[test]
fn links_that_lead_out_are_refused() {
    let (scratch, folder) = stage();
    symlink("../secret", served(&scratch, "up")).unwrap();
    symlink(scratch.path("secret"), served(&scratch, "absolute")).unwrap();
    symlink("..", served(&scratch, "out")).unwrap();
    // It comes back in: but it has been outside.
    symlink("../served/a", served(&scratch, "detour")).unwrap();

    for name in ["up", "absolute", "out/secret", "detour"] {
        let why = why(folder.file(name));
        assert_eq!(why, "it leads out of the folder", "{name}");
    }
    assert!(matches!(folder.upload("out/new"), Err(Denied::Outside)));
    assert!(matches!(folder.entries("out"), Err(Denied::Outside)));
}

#[test]
fn a_magic_link_is_no_way_out() {
    let proc = Folder::open(Path::new("/proc")).unwrap();

    let pid = std::process::id();
    for name in ["root/etc/passwd", "exe", "cwd/Cargo.toml"] {
        let denied = proc.file(&format!("{pid}/{name}")).unwrap_err();
        assert!(matches!(denied, Denied::Links), "{name}: {denied}");
    }
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let (scratch, folder) = stage();
    mkfifo(&served(&scratch, "fifo"), Mode::S_IRWXU).unwrap();
    let _socket = UnixListener::bind(served(&scratch, "socket")).unwrap();
    symlink("loop", served(&scratch, "loop")).unwrap();

    for (name, due) in [
        ("fifo", "it is not a regular file"),
        ("socket", "it is not a regular file"),
        ("music", "it is a folder"),
        ("a/b", "it is not a folder"),
        ("none", "no such file or folder"),
        ("none/a", "no such file or folder"),
        ("loop", "a magic link, or links without an end"),
    ] {
        assert_eq!(why(folder.file(name)), due, "{name}");
    }
    // A FIFO would wait for a writer, for ever.
    assert_eq!(why(folder.entries("fifo")), "it is not a folder");
    for (name, due) in [
        ("fifo", "it is not a regular file"),
        ("music", "it is a folder"),
        ("loop", "a link is not replaced"),
        ("a/b", "it is not a folder"),
        ("none/a", "no such file or folder"),
    ] {
        assert_eq!(why(folder.upload(name)), due, "{name}");
    }
}

#[test]
fn names_are_checked_by_every_method() {
    let (_scratch, folder) = stage();
    for name in ["..", "/etc/passwd", ".hidden", "a\0", "a\n", "a//b"] {
        assert!(matches!(folder.file(name), Err(Denied::Name(_))), "{name:?}");
        assert!(matches!(folder.entry(name), Err(Denied::Name(_))));
        assert!(matches!(folder.entries(name), Err(Denied::Name(_))));
        assert!(matches!(folder.upload(name), Err(Denied::Name(_))));
    }
}

#[test]
fn a_list_has_what_can_be_asked_for_sorted() {
    let (scratch, folder) = stage();
    for hidden in
        [".hidden".as_ref(), "a\nb".as_ref(), OsStr::from_bytes(b"\xff")]
    {
        fs::write(scratch.path("served").join(hidden), "").unwrap();
    }
    mkfifo(&served(&scratch, "fifo"), Mode::S_IRWXU).unwrap();
    symlink("music/b", served(&scratch, "inside")).unwrap();
    symlink("../secret", served(&scratch, "outside")).unwrap();
    fs::write(served(&scratch, "Z"), "12").unwrap();

    let entries = folder.entries("").unwrap();

    let seen: Vec<_> =
        entries.iter().map(|it| (it.name.as_str(), it.kind, it.size)).collect();
    assert_eq!(
        seen,
        [
            ("Z", Kind::File, 2),
            ("a", Kind::File, 5),
            ("inside", Kind::File, 2),
            ("music", Kind::Folder, 0),
        ]
    );
    for entry in entries {
        assert_eq!(folder.entry(&entry.name).unwrap(), entry);
    }
    assert_eq!(folder.entries("music").unwrap().len(), 2);
    assert!(folder.entries("music/deep").unwrap().is_empty());
}

#[test]
fn a_link_in_a_folder_below_is_listed_as_what_it_leads_to() {
    let (scratch, folder) = stage();
    symlink("b", served(&scratch, "music/beside")).unwrap();
    symlink("../a", served(&scratch, "music/up")).unwrap();
    symlink("../../secret", served(&scratch, "music/out")).unwrap();

    let entries = folder.entries("music").unwrap();

    let seen: Vec<_> =
        entries.iter().map(|it| (it.name.as_str(), it.size)).collect();
    assert_eq!(seen, [("b", 2), ("beside", 2), ("deep", 0), ("up", 5)]);
    assert_eq!(folder.entry("music/b").unwrap(), entries[0]);
}

#[test]
fn only_files_are_removed_and_none_outside() {
    let (scratch, folder) = stage();
    symlink("../secret", served(&scratch, "link")).unwrap();
    symlink("..", served(&scratch, "out")).unwrap();
    mkfifo(&served(&scratch, "fifo"), Mode::S_IRWXU).unwrap();

    for (name, due) in [
        ("link", "a link is not replaced"),
        ("out/secret", "it leads out of the folder"),
        ("fifo", "it is not a regular file"),
        ("music", "it is a folder"),
        ("music/deep", "it is a folder"),
        (".hidden", "names that begin with a dot are hidden"),
        ("../secret", "neither . nor .. is a part of a name"),
    ] {
        assert_eq!(why(folder.remove(name)), due, "{name}");
    }
    folder.remove("music/b").unwrap();
    let again = folder.remove("music/b");
    assert!(matches!(again, Err(Denied::Missing)), "{again:?}");

    assert!(scratch.path("secret").exists());
    assert_eq!(all(&served(&scratch, "music")), ["deep"]);
    let names = all(&scratch.path("served"));
    assert_eq!(names, ["a", "fifo", "link", "music", "out"]);
}

#[test]
fn an_upload_is_seen_when_it_is_committed_and_not_before() {
    let (scratch, folder) = stage();
    for name in ["new", "music/new", "a"] {
        let before = fs::read_to_string(served(&scratch, name)).ok();
        let here = served(&scratch, name);
        let here = here.parent().unwrap();
        let names = all(here);

        let mut upload = folder.upload(name).unwrap();
        upload.write_all(b"all of it").unwrap();
        assert_eq!(all(here), names, "{name}: somebody could see it");
        let now = fs::read_to_string(served(&scratch, name)).ok();
        assert_eq!(now, before, "{name}");
        upload.commit().unwrap();

        assert_eq!(text(folder.file(name).unwrap()), "all of it");
        let hidden = all(here).into_iter().filter(|it| it.starts_with('.'));
        assert_eq!(hidden.count(), 0, "{name}: a hidden name is left");
    }
}

#[test]
fn who_may_read_an_upload_is_who_may_read_any_new_file() {
    let (scratch, folder) = stage();
    folder.upload("new").unwrap().commit().unwrap();

    let mode = |name: &str| {
        fs::metadata(served(&scratch, name)).unwrap().permissions()
    };
    assert_eq!(mode("new"), mode("a"));
}

#[test]
fn an_upload_that_is_dropped_never_was() {
    let (scratch, folder) = stage();
    for name in ["a", "new"] {
        let names = all(&scratch.path("served"));
        let mut upload = folder.upload(name).unwrap();
        upload.write_all(b"part of it").unwrap();
        drop(upload);
        assert_eq!(all(&scratch.path("served")), names);
    }
    assert_eq!(text(folder.file("a").unwrap()), "hello");
}

#[test]
fn who_reads_the_old_file_goes_on_reading_it() {
    let (_scratch, folder) = stage();
    let mut old = folder.file("a").unwrap();
    let mut first = [0; 2];
    old.read_exact(&mut first).unwrap();

    let mut upload = folder.upload("a").unwrap();
    upload.write_all(b"HELLO").unwrap();
    upload.commit().unwrap();

    assert_eq!(text(old), "llo");
    assert_eq!(text(folder.file("a").unwrap()), "HELLO");
}

#[test]
fn of_two_uploads_the_last_commit_wins_whole() {
    let (_scratch, folder) = stage();
    let mut one = folder.upload("same").unwrap();
    let mut two = folder.upload("same").unwrap();
    for _ in 0..1000 {
        one.write_all(b"1").unwrap();
        two.write_all(b"22").unwrap();
    }
    two.commit().unwrap();
    one.commit().unwrap();
    assert_eq!(text(folder.file("same").unwrap()), "1".repeat(1000));
}

#[test]
fn hidden_names_of_a_dead_server_are_removed_and_not_those_of_a_live_one() {
    let (scratch, folder) = stage();
    let hidden = |number: u32| format!(".lesson-ftp-upload-{number}");
    for number in 0..64 {
        fs::write(served(&scratch, &hidden(number)), "left").unwrap();
    }
    let alive = File::open(served(&scratch, &hidden(5))).unwrap();
    let alive = Flock::lock(alive, FlockArg::LockExclusive).unwrap();
    let mut upload = folder.upload("new").unwrap();
    upload.write_all(b"new").unwrap();
    upload.commit().unwrap();
    assert_eq!(text(folder.file("new").unwrap()), "new");
    assert_eq!(all(&scratch.path("served")), [&hidden(5), "a", "music", "new"]);
    drop(alive);
}

#[test]
fn a_failed_commit_leaves_the_old_name_and_no_other() {
    let (scratch, folder) = stage();
    let upload = folder.upload("new").unwrap();
    // Somebody at the server makes a folder of that name.
    fs::create_dir(served(&scratch, "new")).unwrap();
    let names = all(&scratch.path("served"));

    let told = upload.commit().unwrap_err().to_string();

    assert!(told.starts_with("renameat: "), "{told}");
    assert!(told.ends_with("(EISDIR)"), "{told}");
    assert_eq!(all(&scratch.path("served")), names);
}

#[test]
fn the_longest_name_can_be_uploaded() {
    let (_scratch, folder) = stage();
    let name = "n".repeat(255);
    folder.upload(&name).unwrap().commit().unwrap();
    assert_eq!(folder.entry(&name).unwrap().size, 0);
}

/// Says that it is over, at the end of a scope, also by a panic.
struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_walk_that_somebody_disturbs_is_tried_again() {
    let (scratch, folder) = stage();
    // To go up, the kernel must be sure that nothing has moved meanwhile.
    symlink("../a", served(&scratch, "music/up")).unwrap();
    let (one, other) = (served(&scratch, "music/b"), served(&scratch, "b"));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                fs::rename(&one, &other).unwrap();
                fs::rename(&other, &one).unwrap();
            }
        });
        // Whatever comes of it, the thread ends.
        let _end = AtEnd(&done);
        for _ in 0..50_000 {
            folder.file("music/up").unwrap();
        }
    });
}

#[test]
fn a_folder_that_turns_into_a_link_meanwhile_is_no_way_out() {
    let (scratch, folder) = stage();
    fs::write(served(&scratch, "music/secret"), "inside").unwrap();
    symlink("..", served(&scratch, "out")).unwrap();
    let (one, other) = (served(&scratch, "music"), served(&scratch, "out"));
    let done = AtomicBool::new(false);
    let (mut inside, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // What was a folder is a link at once, and the other way.
                let flags = RenameFlags::RENAME_EXCHANGE;
                renameat2(AT_FDCWD, &one, AT_FDCWD, &other, flags).unwrap();
            }
        });
        // Whatever comes of it, the thread ends.
        let _end = AtEnd(&done);
        let end = Instant::now() + Duration::from_secs(60);
        while inside < 1000 || refused < 1000 {
            assert!(Instant::now() < end, "{inside} inside, {refused} refused");
            match folder.file("music/secret") {
                Ok(file) => {
                    assert_eq!(text(file), "inside");
                    inside += 1;
                }
                Err(Denied::Outside) => refused += 1,
                // So often disturbed that it gave up: EAGAIN.
                Err(Denied::System(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    });
}
