//! What `safe_join` must keep in.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use support::check::{Broken, Log, Told, check};

use super::exercise::*;

/// A folder `pub` that is served, with a file or two, and a `secret` beside
/// it. It is removed in the end.
struct Place(PathBuf);

impl Place {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("safe-join-{}-{count}", std::process::id());
        let place = Place(std::env::temp_dir().canonicalize()?.join(name));
        fs::create_dir_all(place.at("pub/music"))?;
        fs::create_dir(place.at("public"))?;
        for file in ["pub/a.txt", "pub/music/b c.flac", "secret", "public/d"] {
            fs::write(place.at(file), file)?;
        }
        Ok(place)
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    fn link(&self, to: impl AsRef<Path>, at: &str) -> io::Result<()> {
        symlink(to, self.at(at))
    }

    /// Claims what comes of a name in `pub`: a path below this place, or a
    /// refusal.
    fn expect(
        &self,
        log: &Log,
        name: &str,
        due: Result<&str, Refusal>,
    ) -> Result<(), Broken> {
        let folder = self.at("pub");
        log.afresh().note("name", format!("{name:?}"), "");
        let got = safe_join(&folder, name);
        log.expect(self.told(due.map(|it| self.at(it))), self.told(got))
    }

    /// An answer in words: a path without the parts that vary.
    fn told(&self, answer: Result<PathBuf, Refusal>) -> Told {
        Told(match answer {
            Ok(path) => match path.strip_prefix(&self.0) {
                Ok(path) => format!("{:?}", Path::new("…").join(path)),
                Err(_) => format!("{path:?}"),
            },
            Err(refusal) => format!("refused: {refusal:?}"),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Nothing more can be done about what stays in the place for
        // temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Claims that all these names break a rule.
fn all_refused<const N: usize>(
    log: &Log,
    names: [&str; N],
) -> Result<(), Broken> {
    let place = Place::new()?;
    names
        .iter()
        .try_for_each(|name| place.expect(log, name, Err(Refusal::Name)))
}

#[test]
fn a_name_of_a_file_is_joined() {
    check("15", "Nothing outside the folder")
        .because("The path is the folder's, and the name behind it.")
        .run(|log| Place::new()?.expect(log, "a.txt", Ok("pub/a.txt")));
}

#[test]
fn a_name_may_lead_into_a_folder_below() {
    check("15", "Nothing outside the folder")
        .because(
            "music/b c.flac is below the folder, two levels down. Names may \
             hold spaces.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.expect(log, "music/b c.flac", Ok("pub/music/b c.flac"))?;
            place.expect(log, "music", Ok("pub/music"))
        });
}

#[test]
fn dots_are_no_part_of_a_name() {
    check("15", "Nothing outside the folder")
        .because(
            "Each .. leads one folder up, as many as there are. Refuse it \
             wherever it stands, also where it would lead back in: nobody \
             needs it, and each repair of such a name has been outwitted.",
        )
        .run(|log| {
            all_refused(
                log,
                [
                    "..",
                    "../secret",
                    "../../../../../../etc/passwd",
                    "music/../../secret",
                    "music/..",
                    "music/../a.txt",
                    "nothing/../a.txt",
                    "../pub/a.txt",
                    ".",
                    "./a.txt",
                    "music/./b c.flac",
                    "....//secret",
                ],
            )
        });
}

#[test]
fn an_absolute_name_is_refused() {
    check("15", "Nothing outside the folder")
        .because(
            "Path::join with an absolute path forgets the folder: \
             \"/srv/pub\".join(\"/etc/passwd\") is /etc/passwd.",
        )
        .run(|log| {
            let place = Place::new()?;
            let inside = place.at("pub/a.txt");
            let inside = inside.to_string_lossy();
            for name in ["/", "/etc/passwd", "//etc/passwd", &*inside] {
                place.expect(log, name, Err(Refusal::Name))?;
            }
            Ok(())
        });
}

#[test]
fn a_part_is_not_empty() {
    check("15", "Nothing outside the folder")
        .because(
            "An empty name stands for the folder, a//b for a/b, and a/ for \
             a. One file has one name here, so that what is said of a name \
             is said of the file.",
        )
        .run(|log| {
            all_refused(log, ["", "music/", "music//b c.flac", "a.txt/", "//"])
        });
}

#[test]
fn hidden_names_are_refused() {
    check("15", "Nothing outside the folder")
        .because(
            "A name that begins with a dot isn't in the listing, and can't \
             be asked for either: .ssh, .git and half an upload are there.",
        )
        .run(|log| {
            let place = Place::new()?;
            fs::create_dir(place.at("pub/.git"))?;
            fs::write(place.at("pub/.git/config"), "")?;
            fs::write(place.at("pub/music/.hidden"), "")?;
            for name in [".git", ".git/config", "music/.hidden", "..."] {
                place.expect(log, name, Err(Refusal::Name))?;
            }
            Ok(())
        });
}

#[test]
fn a_byte_0_and_line_ends_are_refused() {
    check("15", "Names with line ends")
        .because(
            "To the kernel a name ends at its byte 0. A name with a line end \
             is two lines in a listing and in a log.",
        )
        .run(|log| {
            all_refused(
                log,
                [
                    "a.txt\0",
                    "a.txt\0.png",
                    "\0",
                    "a\nb",
                    "a\rb",
                    "a.txt\r\n",
                    "music/\n",
                ],
            )
        });
}

#[test]
fn a_part_has_at_most_255_bytes() {
    check("15", "Nothing outside the folder")
        .because(
            "NAME_MAX is 255 bytes, pathname(7). Bytes, not characters: ä \
             takes two in UTF-8. The name as a whole may be longer.",
        )
        .run(|log| {
            let place = Place::new()?;
            let longest = "a".repeat(255);
            let both = format!("{longest}/{longest}");
            fs::create_dir(place.at("pub").join(&longest))?;
            fs::write(place.at("pub").join(&both), "")?;
            place.expect(log, &both, Ok(&format!("pub/{both}")))?;
            for name in ["a".repeat(256), "ä".repeat(128)] {
                place.expect(log, &name, Err(Refusal::Name))?;
                let below = format!("music/{name}");
                place.expect(log, &below, Err(Refusal::Name))?;
            }
            Ok(())
        });
}

#[test]
fn percent_signs_and_backslashes_are_letters() {
    check("15", "Nothing outside the folder")
        .because(
            "%2e%2e is a name of six characters, and ..\\ is none of a \
             folder above, on Linux. Who decodes a name after looking at it \
             opens another one than he has judged.",
        )
        .run(|log| {
            let place = Place::new()?;
            let names = ["%2e%2e%2fsecret", "music\\..\\..\\secret", "a%00b"];
            for name in names {
                place.expect(log, name, Err(Refusal::NotThere))?;
            }
            for name in names {
                fs::write(place.at("pub").join(name), "")?;
                place.expect(log, name, Ok(&format!("pub/{name}")))?;
            }
            place.expect(log, "%2e%2e/secret", Err(Refusal::NotThere))
        });
}

#[test]
fn what_is_not_there_is_told() {
    check("15", "Nothing outside the folder")
        .because(
            "Nothing of that name, a file where a folder should be, a link \
             to nothing, and two links that lead to each other: the client \
             gets nothing, and the server goes on.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.link("nothing", "pub/dangling")?;
            place.link("round", "pub/about")?;
            place.link("about", "pub/round")?;
            for name in [
                "b.txt",
                "nothing/a.txt",
                "a.txt/b",
                "dangling",
                "round",
                "~",
                "*",
            ] {
                place.expect(log, name, Err(Refusal::NotThere))?;
            }
            Ok(())
        });
}

#[test]
fn a_link_that_stays_below_is_followed() {
    check("15", "Nothing outside the folder")
        .because(
            "Who put the link there wanted the file to be found. The answer \
             is what it leads to, so that whoever opens it follows no link \
             any more.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.link("music/b c.flac", "pub/new")?;
            place.link(place.at("pub/music"), "pub/songs")?;
            place.link("../pub/a.txt", "pub/again")?;
            place.expect(log, "new", Ok("pub/music/b c.flac"))?;
            place.expect(log, "songs/b c.flac", Ok("pub/music/b c.flac"))?;
            place.expect(log, "again", Ok("pub/a.txt"))
        });
}

#[test]
fn a_link_that_leads_out_is_not_there() {
    check("15", "Nothing outside the folder")
        .because(
            "Each part of a name may be a link, and each link may lead to \
             another. No look at the name can find out; ask where it leads. \
             The answer for a file outside is the same as for none.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.link("/", "pub/root")?;
            place.link("..", "pub/up")?;
            place.link("../secret", "pub/relative")?;
            place.link(place.at("secret"), "pub/absolute")?;
            place.link("music/second", "pub/first")?;
            place.link("../../secret", "pub/music/second")?;
            for name in [
                "relative",
                "absolute",
                "first",
                "music/second",
                "up",
                "up/secret",
                "up/none",
                "root/etc/passwd",
            ] {
                place.expect(log, name, Err(Refusal::NotThere))?;
            }
            // Out, and in again: that stays below.
            place.expect(log, "up/pub/a.txt", Ok("pub/a.txt"))
        });
}

#[test]
fn a_neighbour_is_not_below() {
    check("15", "Nothing outside the folder")
        .because(
            "public begins with the same letters as pub. Paths are compared \
             part by part; as text, one begins with the other.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.link("../public/d", "pub/near")?;
            place.link("../public", "pub/nearer")?;
            place.expect(log, "near", Err(Refusal::NotThere))?;
            place.expect(log, "nearer/d", Err(Refusal::NotThere))
        });
}

#[test]
fn the_folder_itself_may_be_behind_a_link() {
    check("15", "Nothing outside the folder")
        .because(
            "The folder's path is canonical, too, before the two are \
             compared. On many systems /tmp is a link.",
        )
        .run(|log| {
            let place = Place::new()?;
            place.link("pub", "served")?;
            for folder in ["served", "public/../pub"] {
                log.afresh().note("folder", folder, "");
                log.note("name", "a.txt", "");
                let got = safe_join(&place.at(folder), "a.txt");
                let due = Ok(place.at("pub/a.txt"));
                log.expect(place.told(due), place.told(got))?;
            }
            log.afresh().note("folder", "nothing", "");
            let got = safe_join(&place.at("nothing"), "a.txt");
            let due = Err(Refusal::NotThere);
            log.expect(place.told(due), place.told(got))
        });
}
