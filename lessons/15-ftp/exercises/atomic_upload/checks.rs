//! What `Upload` must survive.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};

use support::check::{Broken, Log, Told, check, give_up};

use super::exercise::*;

/// A disk in memory that can be told to fail.
#[derive(Default)]
struct Fake(RefCell<State>);

#[derive(Default)]
struct State {
    files: Vec<Content>,
    /// Who looks now sees these names.
    names: BTreeMap<String, usize>,
    /// These have reached the disk.
    kept: BTreeMap<String, usize>,
    calls: Vec<String>,
    /// The call of this number fails, in this way.
    fail: Option<(usize, ErrorKind)>,
    /// So many names are taken, whichever they are.
    taken: usize,
    /// The most bytes that a write takes.
    piece: Option<usize>,
    /// What `a` would be if the power failed now, by either set of names.
    cuts: Vec<(String, [Option<Vec<u8>>; 2])>,
}

#[derive(Default, Clone)]
struct Content {
    written: Vec<u8>,
    synced: Vec<u8>,
}

impl Fake {
    /// A disk that holds these files.
    fn with(files: &[(&str, &str)]) -> Self {
        let fake = Fake::default();
        for (name, text) in files {
            let (written, synced) = (text.as_bytes(), text.as_bytes());
            let (written, synced) = (written.to_vec(), synced.to_vec());
            let mut state = fake.0.borrow_mut();
            state.files.push(Content { written, synced });
            let file = state.files.len() - 1;
            state.names.insert(name.to_string(), file);
            state.kept.insert(name.to_string(), file);
        }
        fake
    }

    fn failing(self, call: usize, kind: ErrorKind) -> Self {
        self.0.borrow_mut().fail = Some((call, kind));
        self
    }

    /// Notes a call, and fails if it is its turn.
    fn call<T>(
        &self,
        what: String,
        act: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut state = self.0.borrow_mut();
        if state.calls.len() > 5_000 {
            give_up("more than 5,000 calls, and no end");
        }
        let number = state.calls.len();
        state.calls.push(what.clone());
        let answer = match state.fail {
            Some((call, kind)) if call == number => Err(kind.into()),
            _ => act(&mut state),
        };
        let cut = |names: &BTreeMap<String, usize>| {
            names.get("a").map(|file| state.files[*file].synced.clone())
        };
        let cut = [cut(&state.names), cut(&state.kept)];
        state.cuts.push((what, cut));
        answer
    }

    /// What stands under a name.
    fn text(&self, name: &str) -> Told {
        let state = self.0.borrow();
        let text = state.names.get(name).map(|file| {
            String::from_utf8_lossy(&state.files[*file].written).into_owned()
        });
        Told(format!("{text:?}"))
    }

    fn names(&self) -> Vec<String> {
        self.0.borrow().names.keys().cloned().collect()
    }

    fn calls(&self) -> Vec<String> {
        self.0.borrow().calls.clone()
    }

    /// Notes in the report what has been called.
    fn tell(&self, log: &Log) {
        let calls = self.calls();
        let head: Vec<_> = calls.iter().take(8).cloned().collect();
        let more = if calls.len() > 8 { ", …" } else { "" };
        log.note("called", head.join(", ") + more, "");
    }
}

impl Disk for Fake {
    fn create(&self, name: &str) -> io::Result<Handle> {
        self.call(format!("create {}", short(name)), |state| {
            if name.len() > 255 {
                return Err(ErrorKind::InvalidFilename.into());
            }
            if state.names.contains_key(name) {
                return Err(ErrorKind::AlreadyExists.into());
            }
            state.files.push(Content::default());
            let file = state.files.len() - 1;
            state.names.insert(name.to_string(), file);
            if state.taken > 0 {
                state.taken -= 1;
                state.files[file].written = b"theirs".to_vec();
                return Err(ErrorKind::AlreadyExists.into());
            }
            Ok(Handle(file))
        })
    }

    fn write(&self, file: Handle, bytes: &[u8]) -> io::Result<usize> {
        self.call(format!("write {}", bytes.len()), |state| {
            let taken = bytes.len().min(state.piece.unwrap_or(bytes.len()));
            state.files[file.0].written.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        })
    }

    fn sync(&self, file: Handle) -> io::Result<()> {
        self.call("sync".to_string(), |state| {
            let content = &mut state.files[file.0];
            content.synced = content.written.clone();
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let call = format!("rename {} {}", short(from), short(to));
        self.call(call, |state| {
            let file = state.names.remove(from).ok_or(ErrorKind::NotFound)?;
            state.names.insert(to.to_string(), file);
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.call(format!("remove {}", short(name)), |state| {
            state.names.remove(name).ok_or(ErrorKind::NotFound)?;
            Ok(())
        })
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.call("sync_folder".to_string(), |state| {
            state.kept = state.names.clone();
            Ok(())
        })
    }
}

/// A name as the report shows it.
fn short(name: &str) -> String {
    let head: String = name.chars().take(16).collect();
    if head.len() < name.len() { head + "…" } else { head }
}

fn told(text: Option<&str>) -> Told {
    Told(format!("{text:?}"))
}

const NEW: &str = "new bytes";

/// Uploads `NEW` as `a`, in two pieces.
fn upload(fake: &Fake) -> io::Result<()> {
    let mut upload = Upload::begin(fake, "a")?;
    upload.write_all(b"new ")?;
    upload.write_all(b"bytes")?;
    upload.flush()?;
    upload.commit()
}

/// Claims that an upload went well, and what the disk holds.
fn went_well(log: &Log, fake: &Fake) -> Result<(), Broken> {
    let done = upload(fake);
    fake.tell(log);
    done?;
    log.expect(told(Some(NEW)), fake.text("a"))?;
    log.expect(vec!["a".to_string()], fake.names())
}

#[test]
fn a_committed_file_has_its_name_and_its_bytes() {
    check("15", "A file that is whole or not there")
        .given("upload", "\"new \", then \"bytes\", as a; commit")
        .because(
            "After the commit the folder holds the file under its name, and \
             no other name besides.",
        )
        .run(|log| went_well(log, &Fake::default()));
}

#[test]
fn an_old_file_is_replaced() {
    check("15", "A file that is whole or not there")
        .given("disk", "a holds \"old\"")
        .because(
            "rename(2) gives the new file the name of the old one, whether \
             one was there or not.",
        )
        .run(|log| went_well(log, &Fake::with(&[("a", "old")])));
}

#[test]
fn nothing_is_seen_before_the_commit() {
    check("15", "A file that is whole or not there")
        .given("disk", "a holds \"old\"; an upload of a is under way")
        .because(
            "Whoever opens a now gets the old file. The new one is written \
             under a hidden name in the same folder: it begins with a dot, \
             and so no listing shows it.",
        )
        .run(|log| {
            let fake = Fake::with(&[("a", "old")]);
            let mut upload = Upload::begin(&fake, "a")?;
            upload.write_all(NEW.as_bytes())?;
            upload.flush()?;
            fake.tell(log);
            log.expect(told(Some("old")), fake.text("a"))?;
            let others = fake.names().into_iter().filter(|it| it != "a");
            let seen: Vec<_> = others
                .filter(|it| !it.starts_with('.') || it.contains('/'))
                .collect();
            log.expect(vec![], seen)
        });
}

#[test]
fn what_is_dropped_never_was() {
    check("15", "A file that is whole or not there")
        .given("disk", "a holds \"old\"; an upload of a is dropped")
        .because(
            "A client that stops in the middle leaves nothing: not under \
             the name, and not under the hidden one either. `Drop` runs on \
             every way out of a function.",
        )
        .run(|log| {
            for files in [&[][..], &[("a", "old")]] {
                let fake = Fake::with(files);
                let before = fake.names();
                let mut upload = Upload::begin(&fake, "a")?;
                upload.write_all(NEW.as_bytes())?;
                drop(upload);
                fake.tell(log.afresh());
                log.expect(before, fake.names())?;
                let due = told(files.first().map(|(_, text)| *text));
                log.expect(due, fake.text("a"))?;
            }
            Ok(())
        });
}

#[test]
fn two_uploads_of_one_name_do_not_mix() {
    check("15", "Two uploads of one name")
        .given("uploads", "of a: one writes 1s, one 2s, in turn")
        .because(
            "Each has a file of its own until it is committed. Who commits \
             last has the name in the end, and each file is whole.",
        )
        .run(|log| {
            let fake = Fake::with(&[("a", "old")]);
            let mut one = Upload::begin(&fake, "a")?;
            let mut two = Upload::begin(&fake, "a")?;
            let mut three = Upload::begin(&fake, "a")?;
            for _ in 0..3 {
                one.write_all(b"1")?;
                two.write_all(b"2")?;
                three.write_all(b"3")?;
            }
            two.commit()?;
            fake.tell(log);
            log.expect(told(Some("222")), fake.text("a"))?;
            drop(three);
            log.expect(told(Some("222")), fake.text("a"))?;
            one.commit()?;
            log.expect(told(Some("111")), fake.text("a"))?;
            log.expect(vec!["a".to_string()], fake.names())
        });
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    check("15", "Two uploads of one name")
        .given("disk", "the first three names that are tried are taken")
        .because(
            "A hidden name that is there belongs to another upload, or was \
             left by a server that died. O_EXCL tells; take another name.",
        )
        .run(|log| {
            let fake = Fake::default();
            fake.0.borrow_mut().taken = 3;
            let done = upload(&fake);
            fake.tell(log);
            done?;
            log.expect(told(Some(NEW)), fake.text("a"))?;
            let theirs = fake.names();
            let theirs: Vec<_> =
                theirs.iter().filter(|it| *it != "a").collect();
            log.expect(3, theirs.len())?;
            for name in theirs {
                log.expect(told(Some("theirs")), fake.text(name))?;
            }
            Ok(())
        });
}

#[test]
fn a_search_for_a_name_has_an_end() {
    check("15", "Two uploads of one name")
        .given("disk", "every name is taken")
        .because(
            "A loop that waits for luck hangs the server when there is \
             none. After 1,000 names, give up and say so.",
        )
        .run(|log| {
            let fake = Fake::default();
            fake.0.borrow_mut().taken = usize::MAX;
            let begun = Upload::begin(&fake, "a").map(drop);
            let tried = fake.calls().len();
            log.note("tried", format!("{tried} names"), "");
            let kind = begun.map_err(|error| error.kind());
            log.expect(Err(ErrorKind::AlreadyExists), kind)?;
            log.expect(true, tried <= 1_000)
        });
}

#[test]
fn the_longest_name_can_be_uploaded() {
    check("15", "A file that is whole or not there")
        .given("name", "255 bytes")
        .because(
            "A hidden name that is made of the name and a few letters is \
             too long for the file system where the name just fits it.",
        )
        .run(|log| {
            let (fake, name) = (Fake::default(), "n".repeat(255));
            let mut upload = Upload::begin(&fake, &name)?;
            upload.write_all(b"all")?;
            upload.commit()?;
            fake.tell(log);
            log.expect(told(Some("all")), fake.text(&name))
        });
}

#[test]
fn a_short_write_is_told() {
    check("15", "A file that is whole or not there")
        .given("disk", "takes two bytes at a time")
        .because(
            "write(2) may take fewer bytes than it was given. Say how many: \
             write_all goes on behind them.",
        )
        .run(|log| {
            let fake = Fake::default();
            fake.0.borrow_mut().piece = Some(2);
            went_well(log, &fake)
        });
}

#[test]
fn a_signal_is_no_failure() {
    check("15", "When the disk is full")
        .given("disk", "a signal interrupts the first write")
        .because(
            "EINTR: nothing was written, and the caller tries again. \
             write_all does so, and the file has no hole.",
        )
        .run(|log| {
            let fake = Fake::default().failing(1, ErrorKind::Interrupted);
            went_well(log, &fake)
        });
}

#[test]
fn a_disk_that_fails_leaves_the_old_file() {
    check("15", "When the disk is full")
        .because(
            "Whichever call fails: its error is told, the old file is there \
             as before, and the hidden name is gone. Only when the name has \
             been given is the new file there, and it stays.",
        )
        .run(|log| {
            let good = Fake::with(&[("a", "old")]);
            upload(&good)?;
            for (number, call) in good.calls().iter().enumerate() {
                let full = ErrorKind::StorageFull;
                let fake = Fake::with(&[("a", "old")]).failing(number, full);
                let done = upload(&fake);
                log.afresh().note("fails", call, "no room (ENOSPC)");
                fake.tell(log);
                let due = match call.as_str() {
                    "sync_folder" => NEW,
                    _ => "old",
                };
                log.expect(Err(full), done.map_err(|error| error.kind()))?;
                log.expect(told(Some(due)), fake.text("a"))?;
                log.expect(vec!["a".to_string()], fake.names())?;
            }
            Ok(())
        });
}

#[test]
fn a_file_with_a_hole_is_not_committed() {
    check("15", "When the disk is full")
        .given("disk", "a holds \"old\"; the first write fails")
        .because(
            "The caller has overlooked an error and goes on: the bytes of \
             that write are missing. The file must not get its name.",
        )
        .run(|log| {
            // ENOSPC, EDQUOT, EFBIG; and EIO, which has no kind of its own.
            for kind in [
                ErrorKind::StorageFull,
                ErrorKind::QuotaExceeded,
                ErrorKind::FileTooLarge,
                ErrorKind::Other,
            ] {
                let fake = Fake::with(&[("a", "old")]).failing(1, kind);
                let mut upload = Upload::begin(&fake, "a")?;
                let overlooked = upload.write(b"new ").is_err();
                log.afresh().note("fails", format!("write, {kind:?}"), "");
                log.expect(true, overlooked)?;
                upload.write_all(b"bytes")?;
                let done = upload.commit().is_ok();
                fake.tell(log);
                log.note("commit", if done { "Ok" } else { "Err" }, "");
                log.expect(told(Some("old")), fake.text("a"))?;
                log.expect(vec!["a".to_string()], fake.names())?;
                log.expect(false, done)?;
            }
            Ok(())
        });
}

#[test]
fn the_bytes_reach_the_disk_before_the_name() {
    check("15", "A file that is whole or not there")
        .because(
            "When the power fails, what was not synced is lost, and a name \
             may be there already. Then a stands for an empty file, or for \
             nothing, and the old one is gone.",
        )
        .run(|log| {
            let fake = Fake::with(&[("a", "old")]);
            upload(&fake)?;
            let cuts = fake.0.borrow().cuts.clone();
            let all = cuts.iter().map(|(call, _)| &call[..]);
            let all: Vec<_> = all.collect();
            for (number, (_, after)) in cuts.iter().enumerate() {
                for text in after {
                    let text = text.as_deref().map(String::from_utf8_lossy);
                    log.afresh().note("called", all[..=number].join(", "), "");
                    log.note("power", "fails now", "");
                    let whole = matches!(text.as_deref(), Some("old" | NEW));
                    if !whole {
                        log.note("expected", "a is old or new, whole", "");
                        return log.broken(format!("{text:?}"));
                    }
                }
            }
            Ok(())
        });
}

#[test]
fn the_name_has_reached_the_disk_after_the_commit() {
    check("15", "A file that is whole or not there")
        .because(
            "The client is told that its file is there, and removes its own. \
             A folder is written in the system's own time, too: sync_folder \
             waits for it, fsync(2).",
        )
        .run(|log| {
            let fake = Fake::with(&[("a", "old")]);
            upload(&fake)?;
            fake.tell(log);
            log.note("power", "fails after the commit", "");
            let last = fake.0.borrow().cuts.last().cloned();
            let kept = last.and_then(|(_, [_, kept])| kept);
            let kept = kept.map(|it| String::from_utf8_lossy(&it).into_owned());
            log.expect(told(Some(NEW)), told(kept.as_deref()))
        });
}

#[test]
fn the_hidden_name_is_given_away_by_the_rename() {
    check("15", "Two uploads of one name")
        .because(
            "After the rename the hidden name is free. Another upload may \
             have taken it in the meantime: who removes it now removes that \
             one's file.",
        )
        .run(|log| {
            let fake = Fake::with(&[("a", "old")]);
            upload(&fake)?;
            fake.tell(log);
            let removed: Vec<_> = fake
                .calls()
                .into_iter()
                .filter(|call| call.starts_with("remove"))
                .collect();
            log.expect(vec![], removed)
        });
}
